import type { Changes } from './changes.ts';
/**
 * The way in to `Changes`. An endpoint gets a door and never `Changes` itself, so that none can forget to ask its
 * callers for their credential.
 */
export interface ChangeDoor<Credential> {
    /** Undefined: the credential is wrong. It takes a time that says nothing about how it differs. */
    enter(credential: Credential): Changes | undefined;
}
