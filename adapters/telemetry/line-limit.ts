const WINDOW_MS = 10_000;
/** Lines of one event in one window: what a client repeats is logged, and the log stays readable. */
const LINES_PER_WINDOW = 20;

interface Window {
  readonly beganMs: number;
  lines: number;
  leftOut: number;
  /** Kinds of the lines that were written, so no more than there may be lines. */
  readonly kinds: Set<string>;
}

/**
 * Bounds the lines of each event, and allows one line a window of each kind within an event. The code names all events,
 * so there are few.
 */
export class LineLimit {
  readonly #windows = new Map<string, Window>();

  /** Undefined: omit this line. Otherwise how many lines of the event the previous window omitted. */
  admit(event: string, kind: string | undefined, nowMs: number): number | undefined {
    const last = this.#windows.get(event);
    const isOn = last !== undefined && nowMs - last.beganMs < WINDOW_MS;
    const window = isOn ? last : { beganMs: nowMs, lines: 0, leftOut: 0, kinds: new Set<string>() };
    if (window.lines === LINES_PER_WINDOW || (kind !== undefined && window.kinds.has(kind))) {
      window.leftOut++;
      return undefined;
    }
    window.lines++;
    if (kind !== undefined) window.kinds.add(kind);
    if (isOn) return 0;
    this.#windows.set(event, window);
    return last?.leftOut ?? 0;
  }
}
