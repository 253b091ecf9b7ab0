/**
 * How long streams may last. Most clients hold one for as long as they want; a few SDKs need one that ends now and
 * then, and are known by the beginning of their User-Agent.
 */
export interface StreamAgePolicy {
    /** Milliseconds; 0 is unlimited. Spread by a fifth either way, so that clients do not come back in one instant. */
    readonly maxAgeMs: number;
    readonly rules: readonly StreamAgeRule[];
}
export interface StreamAgeRule {
    readonly userAgentPrefix: string;
    readonly minMs: number;
    readonly maxMs: number;
}
/**
 * The SDKs that do not work with an endless stream.
 * - Flutter (`Dart/`) opens a new stream every 29 s and never closes the old one: one must last a little longer than
 *   that, or updates fall into the gaps, and not much longer, or they pile up.
 * - Ruby (`Faraday`) reads the body only when the stream has ended.
 */
export declare const BUILT_IN_AGE_RULES: readonly StreamAgeRule[];
/**
 * The age that a client's stream may reach, in milliseconds; Infinity where it may last.
 *
 * @param random uniform in [0, 1)
 */
export declare function streamAgeMs(policy: StreamAgePolicy, userAgent: string, random: () => number): number;
