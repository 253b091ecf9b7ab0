import type { Cancel } from './flags.ts';
import type { ApiAnswer } from './flagsmith-api.ts';

/** Flags as the Flagsmith API evaluates them, for clients that wait for ten seconds and do not retry. */
export interface Evaluations {
  /**
   * Calls `take` once with the outcome, in this turn or within eight seconds.
   *
   * @returns a function to call if the caller disconnects before it is answered
   */
  evaluate(request: EvaluationRequest, take: (outcome: EvaluationOutcome) => void): Cancel;
}

export interface EvaluationRequest {
  readonly environmentKey: string;
  /** The request to `identities/` of the API, as JSON; undefined: the flags of the environment, for no identity. */
  readonly identity: string | undefined;
  /**
   * The id of the event that caused the request. Such a request is retried until the eight seconds have passed, because
   * the client sends only one for an event. Undefined: no event caused it.
   */
  readonly refetchOf: string | undefined;
}

export type EvaluationOutcome =
  | Evaluated
  /** The API rejects the key. */
  | { readonly kind: 'unauthorized' }
  /** The API rejects the identity or its traits; `answer` is its own, with the reason. */
  | { readonly kind: 'rejected'; readonly answer: ApiAnswer }
  /** The API fails, or was too slow. */
  | { readonly kind: 'unavailable' }
  /** The maximum number of requests are waiting. */
  | { readonly kind: 'busy' };

export interface Evaluated {
  readonly kind: 'evaluated';
  /** A 200 with JSON. */
  readonly answer: ApiAnswer;
  /**
   * The newest update of the environment that was known before the API was asked: the answer includes it. Undefined:
   * there is none, or the answer may be older.
   */
  readonly newestId: string | undefined;
  /** The API fails, and this is the last good answer. */
  readonly isStale: boolean;
}
