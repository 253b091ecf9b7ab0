import type { EnvironmentId } from '../../domain/environment-id.ts';

/** The last update that an instance knows of an environment, as the id of its event (PROTOCOL.md, S-8). */
export interface NewestIds {
  /**
   * The id of the last update in log order that the instance has seen, including repairs, and that is not past its
   * retention: the value for `since` of an OFREP stream. Undefined: it knows of none, so the stream should send
   * whatever update there is.
   */
  newestId(environment: EnvironmentId): string | undefined;
}
