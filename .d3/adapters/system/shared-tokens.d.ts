import type { TokenCheck } from '../../application/ports/token-check.ts';
/**
 * Compares in constant time: every token is laid out in as many bytes as the longest known one and one more, so the
 * time tells neither where a guess went wrong nor how long a known one is. A digest would do the same, and show
 * in the rate of changes.
 */
export declare class SharedTokens implements TokenCheck {
    #private;
    constructor(tokens: readonly string[]);
    accepts(token: string): boolean;
}
