/**
 * Bounds the lines of each event, and of each kind of line within an event to one a window. The events are those that
 * the code names, so there are not many.
 */
export declare class LineLimit {
    #private;
    /** Undefined: leave this line out. Otherwise how many lines of the event were left out in the window before. */
    admit(event: string, kind: string | undefined, nowMs: number): number | undefined;
}
