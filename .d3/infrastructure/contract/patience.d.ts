/** How long a condition may take to hold. It is generous: only what never comes takes longer. */
export declare class Patience {
    #private;
    readonly ms: number;
    constructor(ms?: number);
    /**
     * Waits until the condition holds.
     *
     * @param what the condition in words; a function where they depend on how far it came
     * @throws Error that names the condition
     */
    until(what: string | (() => string), holds: () => boolean | Promise<boolean>): Promise<void>;
    /**
     * Waits for a promise that may never settle.
     *
     * @throws Error that names what did not settle
     */
    within<Value>(what: string, promise: Promise<Value>): Promise<Value>;
}
