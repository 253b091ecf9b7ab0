/** An update as the log delivers it. */
export function anUpdate(sequence, updatedAt, storedAtMs = 0) {
    return { sequence, updatedAt: updatedAt, storedAtMs };
}
/** The bytes of an update's event. */
export function eventBytes(sequence, updatedAt) {
    return `event: environment_updated\nid: ${sequence}-${updatedAt}\ndata: {"updated_at":${updatedAt}}\n\n`;
}
//# sourceMappingURL=an-update.js.map