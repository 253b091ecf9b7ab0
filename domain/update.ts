import type { UpdatedAt } from './updated-at.ts';

/** "This environment changed at that time", as the log holds it. */
export interface Update {
  /** The position in the log. It grows with each update of an environment; a recreated log may begin at 1 again. */
  readonly sequence: number;
  readonly updatedAt: UpdatedAt;
  /** When the log first stored it, in milliseconds since 1970, by the log's own clock: retention counts from here. */
  readonly storedAtMs: number;
  /** An instance put it back, because the log had lost it or never had it last. `storedAtMs` is its original's. */
  readonly isRepair?: true;
}

/**
 * An update as a log delivers it.
 *
 * @param takenAtMs when the log stored this message
 * @param firstStoredAtMs when its original was stored, as the message says. If it is not an integer, or later than
 *   `takenAtMs`, it is ignored, and the update is an ordinary one
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
