import type { ApiAnswer, ApiRequest } from './flagsmith-api.ts';

/** What SDKs read of an environment, below the base URL of the API. */
export const RESOURCES = ['flags/', 'environment-document/'] as const;
export type Resource = (typeof RESOURCES)[number];
/** Where the API evaluates flags for an identity: each answer is for one caller. */
export const IDENTITIES = 'identities/';

/** Answers of the API, from memory where that is as good. */
export interface Flags {
  /**
   * Gives the answer to a key's request for a resource, in this turn or later. An answer is as new as the moment its
   * request was sent: what was sent before an update of the environment is given to nobody who asks after it, unless
   * the API fails.
   *
   * @param environmentKey the value of `X-Environment-Key`; empty: there is none
   * @param sentAfterMs an answer whose request was sent then or before is too old for this caller, whatever updates
   *   say; on the monotonic clock
   * @returns to be called when the caller goes away before it was answered
   */
  get(resource: Resource, environmentKey: string, take: (reply: FlagsReply) => void, sentAfterMs?: number): Cancel;
  /** The same for a request of its own, whose answer is for nobody else. */
  pass(request: ApiRequest, take: (reply: FlagsReply) => void): Cancel;
}

export type Cancel = () => void;

export type FlagsReply =
  /** The API's own answer, how old it is in milliseconds, and whether it is known to be old: the API fails. */
  | { readonly kind: 'answer'; readonly answer: ApiAnswer; readonly ageMs: number; readonly isStale: boolean }
  /** The API fails, and there is no answer of before. */
  | { readonly kind: 'unavailable' }
  /** As many requests wait as may. */
  | { readonly kind: 'busy' };
