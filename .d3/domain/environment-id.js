const PATTERN = /^[A-Za-z0-9_-]{1,100}$/;
/**
 * The key, or undefined where the text is none. The alphabet is narrow on purpose: a key becomes a part of
 * a name in the log, in which `.`, `*`, `>` and blanks may stand for other names.
 */
export function parseEnvironmentId(text) {
    return PATTERN.test(text) ? text : undefined;
}
//# sourceMappingURL=environment-id.js.map