import { webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Pool } from 'undici';
import {
  type ApiAnswer,
  type ApiFailure,
  type ApiOutcome,
  type ApiRequest,
  type FlagsmithApi,
  VIA,
} from '../../application/ports/flagsmith-api.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import { loadUndici } from './undici.ts';

const MAX_BODY_BYTES = 8_388_608;
const MAX_HEADER_BYTES = 16_384;
const CONNECT_MS = 5000;
/**
 * gunicorn closes a connection that was idle for two seconds: a request on one that is closed here earlier cannot fail.
 */
const IDLE_MS = 1000;
/** Compressing a shorter body would save no packet. */
const MIN_GZIP_BYTES = 1024;

/** Headers of the connection, or of one transfer of a body, which transports write themselves; and cookies. */
const NOT_PASSED_ON = new Set([
  'connection',
  'content-length',
  'content-encoding',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'set-cookie2',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const FAILURES: Readonly<Record<string, ApiFailure>> = {
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
  UND_ERR_HEADERS_OVERFLOW: 'unreadable',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'unreadable',
};
/** The other end may have closed a kept connection just when the request was written. */
const CLOSED_UNDER_IT = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

const compressed = promisify(gzip);

/**
 * The API over HTTP, on kept connections. Certificates are checked against Node's authorities and those of
 * NODE_EXTRA_CA_CERTS.
 */
export class HttpFlagsmithApi implements FlagsmithApi {
  readonly #pool: Pool;
  readonly #basePath: string;

  constructor(settings: { readonly baseUrl: string; readonly maxRequests: number }) {
    const { origin, pathname } = new URL(settings.baseUrl);
    this.#basePath = pathname;
    const { Pool } = loadUndici();
    this.#pool = new Pool(origin, {
      connections: settings.maxRequests,
      pipelining: 1,
      // The caller ends a request that takes too long.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      maxResponseSize: MAX_BODY_BYTES,
      connect: { timeout: CONNECT_MS },
    });
  }

  async ask(request: ApiRequest, signal: AbortSignal): Promise<ApiOutcome> {
    const first = await this.#try(request, signal);
    return first === 'closed' ? ((await this.#try(request, signal, 'again')) as ApiOutcome) : first;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #try(request: ApiRequest, signal: AbortSignal, again?: 'again'): Promise<ApiOutcome | 'closed'> {
    try {
      const { environmentKey, accept, body: sent } = request;
      const { statusCode, headers, body } = await this.#pool.request({
        method: sent === undefined ? 'GET' : 'POST',
        path: this.#basePath + request.path,
        headers: {
          accept,
          via: VIA,
          ...(environmentKey === '' ? {} : { 'x-environment-key': environmentKey }),
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: sent ?? null,
        signal,
        responseHeaders: 'raw',
      });
      const named = pairs(headers as unknown as readonly string[]);
      const bytes = new Uint8Array(await body.arrayBuffer());
      const encoding = named.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1] ?? 'identity';
      if (encoding !== 'identity') return { kind: 'failed', reason: 'unreadable', detail: `it is sent as ${encoding}` };
      return { kind: 'answered', answer: await answer(statusCode, named, bytes, sent === undefined) };
    } catch (error) {
      const { code = '', name = '' } = error as { readonly code?: string; readonly name?: string };
      if (signal.aborted) return { kind: 'failed', reason: 'cancelled', detail: messageOf(error) };
      if (CLOSED_UNDER_IT.includes(code) && again === undefined) return 'closed';
      const reason = FAILURES[code] ?? (name === 'HTTPParserError' ? 'unreadable' : 'unreachable');
      return { kind: 'failed', reason, detail: messageOf(error) };
    }
  }
}

/**
 * Compresses and hashes on Node's thread pool.
 *
 * @param isShared several callers may receive it: the answer to a POST is for its caller alone, and never passed on
 *   unchanged
 */
async function answer(
  status: number,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array,
  isShared: boolean,
): Promise<ApiAnswer> {
  const passedOn = headers.filter(([name, value]) => !NOT_PASSED_ON.has(name.toLowerCase()) && isPlain(name + value));
  if (status !== 200) return { status, headers: passedOn, body, gzip: undefined, digest: '' };
  const [digest, zipped] = await Promise.all([
    webcrypto.subtle.digest('SHA-256', body),
    isShared && body.byteLength >= MIN_GZIP_BYTES && isJson(headers) ? compressed(body) : undefined,
  ]);
  const isGain = zipped !== undefined && zipped.byteLength < body.byteLength;
  return {
    status,
    headers: passedOn,
    body,
    gzip: isGain ? zipped : undefined,
    digest: Buffer.from(digest).toString('base64url'),
  };
}

/** Any other body that is passed on is for one caller, and not worth compressing. */
function isJson(headers: readonly (readonly [string, string])[]): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'content-type' && /^application\/json\b/i.test(value));
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, (raw[at + 1] ?? '').trim()] as const] : []));
}

/** Transports treat other bytes differently. */
function isPlain(text: string): boolean {
  return /^[\t -~]*$/.test(text);
}
