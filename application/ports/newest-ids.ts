import type { EnvironmentId } from '../../domain/environment-id.ts';

/** What an instance knows to be the last of an environment, by the id that events have (PROTOCOL.md, S-8). */
export interface NewestIds {
  /**
   * The id of the last update in log order that the instance has seen, a repair included, and that is not past its
   * retention: what `since` of an OFREP stream takes. Undefined: it knows of none, so the stream is to send what there is.
   */
  newestId(environment: EnvironmentId): string | undefined;
}
