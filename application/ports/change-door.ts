import type { Changes } from './changes.ts';

/**
 * The access to `Changes`. An endpoint receives a door and never `Changes` itself, so that no endpoint can forget to
 * check the credential of its callers.
 */
export interface ChangeDoor<Credential> {
  /** Undefined: the credential is wrong. The time that this takes does not reveal how it differs. */
  enter(credential: Credential): Changes | undefined;
}
