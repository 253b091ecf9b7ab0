/** The API of Flagsmith, as SDKs read it. */
export interface FlagsmithApi {
  /**
   * Sends one request. It settles when the whole answer is there, or cannot be had; it never rejects. No redirect is
   * followed. The caller bounds how many requests there are at a time, and how long each may take.
   *
   * @param signal ends the request, which settles as `cancelled`
   */
  ask(request: ApiRequest, signal: AbortSignal): Promise<ApiOutcome>;
  /** Lets go of the connections. Requests in flight settle. */
  close(): Promise<void>;
}

export interface ApiRequest {
  /** Below the base URL of the API, with its query: `flags/`, `flags/?feature=x`. Printable ASCII. */
  readonly path: string;
  /** The value of `X-Environment-Key`; empty: the request carries none. */
  readonly environmentKey: string;
  readonly accept: string;
  /** JSON: the request is a POST of it, which has no effect that a second one would repeat. Undefined: a GET. */
  readonly body?: string;
}

export type ApiOutcome =
  | { readonly kind: 'answered'; readonly answer: ApiAnswer }
  | { readonly kind: 'failed'; readonly reason: ApiFailure; readonly detail: string };

/**
 * `unreachable`: no connection, or one that broke. `too_large`: the body is longer than is kept. `unreadable`: it is no
 * HTTP, or is encoded although nobody asked for that. `cancelled`: by its signal.
 */
export type ApiFailure = 'unreachable' | 'too_large' | 'unreadable' | 'cancelled';

/** A whole answer. Its memory is shared by all who read it, so nobody writes to it. */
export interface ApiAnswer {
  readonly status: number;
  /** As the API wrote them, less those of the connection, `Date`, `Content-Length` and `Set-Cookie`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The body, compressed once; undefined where that is no gain. */
  readonly gzip: Uint8Array | undefined;
  /** Of the body: equal for equal bodies. */
  readonly digest: string;
}

/** What each of our requests has as `Via`: one that comes back with it has gone in a circle. */
export const VIA = '1.1 halyard';
