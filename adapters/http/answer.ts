import { STATUS_CODES } from 'node:http';

/** A whole response: what every transport writes. */
export interface Answer {
  /** A status of our own, or the one of the Flagsmith API. */
  readonly status: number;
  readonly headers: HeaderList;
  /** Bytes are shared with other responses: no transport copies them for a client that reads slowly. */
  readonly body: string | Uint8Array;
  /** Close the connection after it: what follows cannot be distinguished from an unread body. */
  readonly close?: boolean;
}

export type HeaderList = readonly (readonly [name: string, value: string])[];
type StatusCode = keyof typeof REASON_PHRASES;

const REASON_PHRASES = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  503: 'Service Unavailable',
  508: 'Loop Detected',
} as const;

export function reasonPhrase(status: number): string {
  return (REASON_PHRASES as Readonly<Record<number, string>>)[status] ?? STATUS_CODES[status] ?? 'Unknown';
}

/** Statuses without a body, and therefore without a length. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

/** On every response, errors included: a browser hides an answer without it from the page. */
export const ALLOW_ORIGIN = ['Access-Control-Allow-Origin', '*'] as const;

const JSON_HEADERS: HeaderList = [ALLOW_ORIGIN, ['Content-Type', 'application/json']];
const ALLOWED_HEADERS =
  'Authorization, Content-Type, Cache-Control, Last-Event-ID, X-Requested-With, X-Environment-Key';
const DAY_SECONDS = '86400';

export function json(body: string): Answer {
  return { status: 200, headers: JSON_HEADERS, body };
}

/** The one shape of every error body. */
export function error(
  status: StatusCode,
  code: string,
  message: string,
  headers: HeaderList = [],
  close = false,
): Answer {
  return {
    status,
    headers: [...JSON_HEADERS, ...headers],
    body: JSON.stringify({ error: { code, message } }),
    close,
  };
}

export const NOT_FOUND = error(404, 'not_found', 'there is nothing at this path');

/** Closes the connection: the rest of the body cannot be distinguished from the next request. */
export function tooLarge(limitBytes: number): Answer {
  return error(413, 'too_large', `the body is longer than ${limitBytes} bytes`, [], true);
}

export function methodNotAllowed(allow: string): Answer {
  return error(405, 'method_not_allowed', `this path allows ${allow}`, [['Allow', allow]]);
}

/**
 * The answer to a preflight: a browser sends one before a request with custom headers.
 *
 * @param headers those that the path allows, if they are not the common ones
 */
export function preflight(allow: string, headers = ALLOWED_HEADERS): Answer {
  return {
    status: 204,
    headers: [
      ALLOW_ORIGIN,
      ['Access-Control-Allow-Methods', allow],
      ['Access-Control-Allow-Headers', headers],
      ['Access-Control-Max-Age', DAY_SECONDS],
      ['Allow', allow],
    ],
    body: '',
  };
}

export function invalidEnvironment(key: string): Answer {
  const message = key.startsWith('ser.')
    ? 'this is a server-side key; changes are published to the client-side key of the environment only'
    : 'an environment key must be 1 to 100 characters of A-Z a-z 0-9 _ -';
  return error(400, 'invalid_environment', message);
}
