/** A small generator of pseudo-random numbers: the same seed gives the same numbers on every machine. */
export declare class Random {
    #private;
    constructor(seed: number);
    /** Uniform in [0, 1). */
    readonly next: () => number;
    /** A whole number from 0 to below the bound. */
    below(bound: number): number;
    pick<T>(choices: readonly T[]): T;
}
