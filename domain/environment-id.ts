declare const brand: unique symbol;

/** The client-side key of a Flagsmith environment: 1 to 100 of `A-Z a-z 0-9 _ -`, exactly as it was sent. */
export type EnvironmentId = string & { readonly [brand]: 'EnvironmentId' };

const PATTERN = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * The key, or undefined where the text is none. The alphabet is narrow on purpose: a key becomes one token of a NATS
 * subject, in which `.`, `*`, `>` and blanks would name other subjects.
 */
export function parseEnvironmentId(text: string): EnvironmentId | undefined {
  return PATTERN.test(text) ? (text as EnvironmentId) : undefined;
}
