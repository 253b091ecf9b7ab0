/** A promise of the service that the simulated world has seen broken. */
export declare class Violation extends Error {
    readonly rule: string;
    constructor(rule: string, detail: string);
}
/** @throws Violation when the rule does not hold */
export declare function must(holds: boolean, rule: string, detail?: () => string): asserts holds;
