declare const brand: unique symbol;
/** The client-side key of a Flagsmith environment: 1 to 100 of `A-Z a-z 0-9 _ -`, exactly as it was sent. */
export type EnvironmentId = string & {
    readonly [brand]: 'EnvironmentId';
};
/**
 * The key, or undefined where the text is none. The alphabet is narrow on purpose: a key becomes a part of
 * a name in the log, in which `.`, `*`, `>` and blanks may stand for other names.
 */
export declare function parseEnvironmentId(text: string): EnvironmentId | undefined;
export {};
