import type { ApiAnswer, ApiRequest } from './flagsmith-api.ts';

/** The resources of an environment that SDKs read, below the base URL of the API. */
export const RESOURCES = ['flags/', 'environment-document/'] as const;
export type Resource = (typeof RESOURCES)[number];
/** Where the API evaluates flags for an identity: each answer is for one caller. */
export const IDENTITIES = 'identities/';

/** Answers of the API, from memory if they are new enough. */
export interface Flags {
  /**
   * Calls `take` with the answer to a key's request for a resource, in this turn or later. An answer is as new as the
   * moment its request was sent: if that was before an update of the environment, no caller that asks after the update
   * receives it, unless the API fails.
   *
   * @param environmentKey the value of `X-Environment-Key`; empty: there is none
   * @param sentAfterMs an answer whose request was sent at this time or before is too old for this caller, whatever
   *   updates there were; on the monotonic clock
   * @returns a function to call if the caller disconnects before it is answered
   */
  get(resource: Resource, environmentKey: string, take: (reply: FlagsReply) => void, sentAfterMs?: number): Cancel;
  /** The same for a request whose answer is for this caller only. */
  pass(request: ApiRequest, take: (reply: FlagsReply) => void): Cancel;
}

export type Cancel = () => void;

export type FlagsReply =
  /** The API's own answer, how old it is in milliseconds, and whether it may be out of date because the API fails. */
  | { readonly kind: 'answer'; readonly answer: ApiAnswer; readonly ageMs: number; readonly isStale: boolean }
  /** The API fails, and there is no earlier answer. */
  | { readonly kind: 'unavailable' }
  /** The maximum number of requests are waiting. */
  | { readonly kind: 'busy' };
