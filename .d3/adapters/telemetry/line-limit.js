const WINDOW_MS = 10_000;
/** Lines of one event in one window: whatever a client does over and over, the log says it, and stays readable. */
const LINES_PER_WINDOW = 20;
/**
 * Bounds the lines of each event, and of each kind of line within an event to one a window. The events are those that
 * the code names, so there are not many.
 */
export class LineLimit {
    #windows = new Map();
    /** Undefined: leave this line out. Otherwise how many lines of the event were left out in the window before. */
    admit(event, kind, nowMs) {
        const last = this.#windows.get(event);
        const isOn = last !== undefined && nowMs - last.beganMs < WINDOW_MS;
        const window = isOn ? last : { beganMs: nowMs, lines: 0, leftOut: 0, kinds: new Set() };
        if (window.lines === LINES_PER_WINDOW || (kind !== undefined && window.kinds.has(kind))) {
            window.leftOut++;
            return undefined;
        }
        window.lines++;
        if (kind !== undefined)
            window.kinds.add(kind);
        if (isOn)
            return 0;
        this.#windows.set(event, window);
        return last?.leftOut ?? 0;
    }
}
//# sourceMappingURL=line-limit.js.map