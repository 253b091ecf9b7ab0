/** A change as the Flagsmith API stamps it: in the form that it posts, and in the one that SDKs compare. */
export interface Change {
    /** Python's `isoformat()` with an offset. */
    readonly iso: string;
    /** Epoch seconds with six decimals. */
    readonly seconds: string;
    /** What the flag `version` says from this change on. */
    readonly version: number;
}
/**
 * A stand-in for the part of the Flagsmith API that SDKs read: one environment with one flag, whose value counts the
 * changes, stamped with the time of the last one.
 */
export declare class FlagsApi {
    #private;
    /** How often the flags were read. */
    reads: number;
    private constructor();
    static start(): Promise<FlagsApi>;
    /** With the slash at the end that SDKs want. */
    get url(): string;
    get latest(): Change;
    /** Changes the flag, as somebody does in the dashboard. */
    change(): Change;
    /** From now on the flags are read at once, but their answers stay on their way until `release`. */
    hold(): void;
    release(): void;
    close(): Promise<void>;
}
/** The clock of the API and of its clients. `Date.now()` is another: the two drift apart by milliseconds in a long run. */
export declare function nowMicros(): number;
