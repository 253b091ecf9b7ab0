/**
 * An update as a log delivers it.
 *
 * @param takenAtMs when the log took this message
 * @param firstStoredAtMs what the message says of when its original was stored; not an integer, or later than the
 *   message itself: ignored, and the update is an ordinary one
 */
export function storedUpdate(sequence, updatedAt, takenAtMs, firstStoredAtMs) {
    if (firstStoredAtMs === undefined || !Number.isSafeInteger(firstStoredAtMs) || firstStoredAtMs > takenAtMs)
        return { sequence, updatedAt, storedAtMs: takenAtMs };
    return { sequence, updatedAt, storedAtMs: firstStoredAtMs, isRepair: true };
}
/** The id of an update's event: the same update has the same id on every instance, and after a restart. */
export function eventId(update) {
    return `${update.sequence}-${update.updatedAt}`;
}
//# sourceMappingURL=update.js.map