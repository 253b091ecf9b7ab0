/**
 * A port that nobody has, for programs that cannot be asked which one they took, and for those that leave it for a
 * moment and take it again. No other test run gets it while this process lives.
 */
export declare function freePort(): Promise<number>;
