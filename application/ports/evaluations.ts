import type { Cancel } from './flags.ts';
import type { ApiAnswer } from './flagsmith-api.ts';

/** Flags as the Flagsmith API evaluates them, for clients that wait for ten seconds and do not ask twice. */
export interface Evaluations {
  /**
   * Gives the outcome once, in this turn or within eight seconds.
   *
   * @returns to be called when the caller goes away before it was answered
   */
  evaluate(request: EvaluationRequest, take: (outcome: EvaluationOutcome) => void): Cancel;
}

export interface EvaluationRequest {
  readonly environmentKey: string;
  /** What `identities/` of the API is asked, as JSON; undefined: the flags of the environment, for no identity. */
  readonly identity: string | undefined;
  /**
   * The id of the event that made the client ask. Such a request is tried until the eight seconds have passed, for it
   * is the only one that follows the event. Undefined: the client asks by itself.
   */
  readonly refetchOf: string | undefined;
}

export type EvaluationOutcome =
  | Evaluated
  /** The API does not take the key. */
  | { readonly kind: 'unauthorized' }
  /** The API does not take the identity or its traits, and says why in its own words. */
  | { readonly kind: 'rejected'; readonly answer: ApiAnswer }
  /** The API fails, or was too slow. */
  | { readonly kind: 'unavailable' }
  /** As many requests wait as may. */
  | { readonly kind: 'busy' };

export interface Evaluated {
  readonly kind: 'evaluated';
  /** A 200 with JSON. */
  readonly answer: ApiAnswer;
  /**
   * The newest update of the environment that was known before the API was asked: the answer has it. Undefined: there
   * is none, or the answer may be older.
   */
  readonly newestId: string | undefined;
  /** The API fails, and this is the last good answer. */
  readonly isStale: boolean;
}
