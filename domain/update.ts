import type { UpdatedAt } from './updated-at.ts';

/** "This environment changed at that time", as the log holds it. */
export interface Update {
  /** The place in the log. It grows with each update of an environment; a log that was made again may begin at 1. */
  readonly sequence: number;
  readonly updatedAt: UpdatedAt;
  /** When the log first took it, in milliseconds since 1970, by the log's own clock: retention counts from here. */
  readonly storedAtMs: number;
  /** An instance put it back into a log that had lost it, or had never put it last: `storedAtMs` is its original's. */
  readonly isRepair?: true;
}

/**
 * An update as a log delivers it.
 *
 * @param takenAtMs when the log took this message
 * @param firstStoredAtMs what the message says of when its original was stored; not an integer, or later than the
 *   message itself: ignored, and the update is an ordinary one
 */
export function storedUpdate(
  sequence: number,
  updatedAt: UpdatedAt,
  takenAtMs: number,
  firstStoredAtMs?: number,
): Update {
  if (firstStoredAtMs === undefined || !Number.isSafeInteger(firstStoredAtMs) || firstStoredAtMs > takenAtMs)
    return { sequence, updatedAt, storedAtMs: takenAtMs };
  return { sequence, updatedAt, storedAtMs: firstStoredAtMs, isRepair: true };
}

/** The id of an update's event: the same update has the same id on every instance, and after a restart. */
export function eventId(update: Update): string {
  return `${update.sequence}-${update.updatedAt}`;
}
