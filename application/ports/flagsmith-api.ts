/** The API of Flagsmith, as SDKs use it. */
export interface FlagsmithApi {
  /**
   * Sends one request. It settles when the whole answer has arrived or the request has failed; it never rejects. It
   * follows no redirect. The caller limits how many requests are in flight, and how long each may take.
   *
   * @param signal ends the request, which settles as `cancelled`
   */
  ask(request: ApiRequest, signal: AbortSignal): Promise<ApiOutcome>;
  /** Closes the connections. Requests in flight settle. */
  close(): Promise<void>;
}

export interface ApiRequest {
  /** The path below the base URL of the API, with its query: `flags/`, `flags/?feature=x`. Printable ASCII. */
  readonly path: string;
  /** The value of `X-Environment-Key`; empty: the request carries none. */
  readonly environmentKey: string;
  readonly accept: string;
  /** JSON: the request is a POST of it, which must be safe to repeat. Undefined: a GET. */
  readonly body?: string;
}

export type ApiOutcome =
  | { readonly kind: 'answered'; readonly answer: ApiAnswer }
  | { readonly kind: 'failed'; readonly reason: ApiFailure; readonly detail: string };

/**
 * `unreachable`: no connection, or one that broke. `too_large`: the body is longer than the limit. `unreadable`: it is
 * not HTTP, or is encoded although this was not requested. `cancelled`: by the signal.
 */
export type ApiFailure = 'unreachable' | 'too_large' | 'unreadable' | 'cancelled';

/** A whole answer. All its readers share its memory, so none may write to it. */
export interface ApiAnswer {
  readonly status: number;
  /** As the API wrote them, without those of the connection, `Date`, `Content-Length` and `Set-Cookie`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The body, compressed once; undefined if that makes it no shorter. */
  readonly gzip: Uint8Array | undefined;
  /** Of the body: equal for equal bodies. */
  readonly digest: string;
}

/** The `Via` of each of our requests: a request that arrives with it has gone in a circle. */
export const VIA = '1.1 halyard';
