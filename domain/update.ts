import type { UpdatedAt } from './updated-at.ts';

/** "This environment changed at that time", as the log holds it. */
export interface Update {
  /** The place in the log. It grows with each update of a stream; a stream made anew begins at 1 again. */
  readonly sequence: number;
  readonly updatedAt: UpdatedAt;
  /** When the log took it, in milliseconds since 1970, by the log's own clock: retention counts from here. */
  readonly storedAtMs: number;
}

/** The id of an update's event: the same update has the same id on every instance, and after a restart. */
export function eventId(update: Update): string {
  return `${update.sequence}-${update.updatedAt}`;
}
