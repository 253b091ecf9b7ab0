declare const brand: unique symbol;

/** The client-side key of a Flagsmith environment: 1 to 100 characters of `A-Z a-z 0-9 _ -`, exactly as it was sent. */
export type EnvironmentId = string & { readonly [brand]: 'EnvironmentId' };

const PATTERN = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * The key, or undefined if the text is not a valid key. The alphabet is narrow on purpose: a key becomes part of a name
 * in the log, where `.`, `*`, `>` and blanks may be special characters.
 */
export function parseEnvironmentId(text: string): EnvironmentId | undefined {
  return PATTERN.test(text) ? (text as EnvironmentId) : undefined;
}
