import { type Cancel, type Flags, type FlagsReply, type Resource, RESOURCES } from '../../application/ports/flags.ts';
import { type ApiAnswer, VIA } from '../../application/ports/flagsmith-api.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { ALLOW_ORIGIN, type Answer, error, type HeaderList } from './answer.ts';
import { entityTagsIn } from './entity-tags.ts';
import type { HttpExchange } from './exchange.ts';
import { isAnsweredByMethod } from './methods.ts';
import type { RouteGroup } from './routes.ts';

const PREFIX = '/api/v1/';
const PATHS: ReadonlyMap<string, Resource> = new Map(RESOURCES.map((resource) => [PREFIX + resource, resource]));
const METHODS = 'GET, HEAD, OPTIONS';
/** The headers that the API allows: SDKs send some of them. */
const ALLOWED_HEADERS =
  'user-agent, flagsmith-application-version, content-type, sentry-trace, flagsmith-sdk-user-agent, tracestate, ' +
  'x-e2e-test-auth-token, accept, dnt, flagsmith-application-name, x-environment-key, x-csrftoken, origin, baggage, ' +
  'authorization, x-requested-with, accept-encoding, traceparent, if-none-match, cache-control';
/** The API exposes only the first, so a page of another origin cannot read how new its flags are. */
const EXPOSED_HEADERS = 'Retry-After, X-Flagsmith-Document-Updated-At, ETag, Age, X-Halyard-Stale';
/** A client-side or server-side key, or none: the API decides. */
const KEY = /^(?:(?:ser\.)?[A-Za-z0-9_-]{1,100})?$/;
const QUERY = /^[!-~]{1,2048}$/;
const RETRY_SOON = [['Retry-After', '1']] as const;

const TWO_KEYS = error(
  400,
  'invalid_environment_key',
  'send one X-Environment-Key of 1 to 100 characters of A-Z a-z 0-9 _ -, after ser. for a server-side key',
);
const INVALID_QUERY = error(400, 'invalid_query', 'the query must be printable ASCII of at most 2,048 bytes');
const LOOP = error(508, 'relay_loop', 'this request came from the relay itself: FLAGSMITH_API_URL leads back to it');
const BUSY = error(503, 'too_many_requests', 'too many requests for flags are waiting at this instance', RETRY_SOON);
const UNAVAILABLE = error(
  503,
  'flagsmith_unavailable',
  'the Flagsmith API does not answer, and no earlier answer is kept',
  RETRY_SOON,
);

/** The headers of an answer during one second. The lists are reused, because transports cache what they derive from them. */
interface Dressed {
  readonly ageSeconds: number;
  readonly isStale: boolean;
  readonly headers: HeaderList;
  readonly gzipHeaders: HeaderList;
  readonly notModifiedHeaders: HeaderList;
}

/** Where SDKs read flags and environment documents. */
export class FlagsRoutes implements RouteGroup {
  readonly #flags: Flags;
  readonly #logger: Logger;
  readonly #dressed = new WeakMap<ApiAnswer, Dressed>();

  constructor(flags: Flags, logger: Logger) {
    this.#flags = flags;
    this.#logger = logger;
  }

  handle(exchange: HttpExchange): boolean {
    const resource = PATHS.get(exchange.path);
    if (resource === undefined) return false;
    if (!isAnsweredByMethod(exchange, METHODS, ALLOWED_HEADERS)) this.#answer(exchange, resource);
    return true;
  }

  #answer(exchange: HttpExchange, resource: Resource): void {
    if (exchange.header('via').includes(VIA)) {
      this.#logger.error('flags_relay_loop', { remedy: 'set FLAGSMITH_API_URL to the address of the API itself' });
      return exchange.answer(LOOP);
    }
    // All of its lines: with two keys it is unclear whose flags are requested.
    const environmentKey = exchange.headerLines('x-environment-key');
    if (!KEY.test(environmentKey)) return exchange.answer(TWO_KEYS);
    const { query } = exchange;
    const accept = exchange.header('accept');
    const takesGzip = acceptsGzip(exchange.header('accept-encoding'));
    const ifNoneMatch = exchange.header('if-none-match');
    const state = { isAnswered: false };
    const take = (reply: FlagsReply): void => {
      state.isAnswered = true;
      exchange.answer(this.#answerFor(reply, takesGzip, ifNoneMatch));
    };
    let cancel: Cancel;
    if (query !== '' || !takesJson(accept)) {
      if (query !== '' && !QUERY.test(query)) return exchange.answer(INVALID_QUERY);
      const path = query === '' ? resource : `${resource}?${query}`;
      cancel = this.#flags.pass({ path, environmentKey, accept: plain(accept) }, take);
    } else cancel = this.#flags.get(resource, environmentKey, take);
    if (!state.isAnswered) exchange.onGone(cancel);
  }

  #answerFor(reply: FlagsReply, takesGzip: boolean, ifNoneMatch: string): Answer {
    if (reply.kind !== 'answer') return reply.kind === 'busy' ? BUSY : UNAVAILABLE;
    const { answer } = reply;
    const dressed = this.#dress(reply.answer, Math.floor(reply.ageMs / 1000), reply.isStale);
    if (answer.status === 200 && ifNoneMatch !== '' && matches(ifNoneMatch, etagOf(answer)))
      return { status: 304, headers: dressed.notModifiedHeaders, body: '' };
    if (takesGzip && answer.gzip !== undefined)
      return { status: answer.status, headers: dressed.gzipHeaders, body: answer.gzip };
    return { status: answer.status, headers: dressed.headers, body: answer.body };
  }

  #dress(answer: ApiAnswer, ageSeconds: number, isStale: boolean): Dressed {
    const before = this.#dressed.get(answer);
    if (before?.ageSeconds === ageSeconds && before.isStale === isStale) return before;
    const headers = headersOf(answer, ageSeconds, isStale);
    const dressed = {
      ageSeconds,
      isStale,
      headers,
      gzipHeaders: [...headers, ['Content-Encoding', 'gzip'] as const],
      notModifiedHeaders: headers.filter(([name]) => name.toLowerCase() !== 'content-type'),
    };
    this.#dressed.set(answer, dressed);
    return dressed;
  }
}

/** The API's own, and what is added: an answer for one origin would be kept for all of them. */
function headersOf(answer: ApiAnswer, ageSeconds: number, isStale: boolean): HeaderList {
  const own: [string, string][] = answer.headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (lower.startsWith('access-control-') || lower === 'age' || lower === 'etag' || lower === 'x-halyard-stale')
      return [];
    if (lower === 'vary' && answer.gzip !== undefined && !/\baccept-encoding\b/i.test(value))
      return [[name, `${value}, Accept-Encoding`]];
    return [[name, value]];
  });
  const sent = answer.headers.find(([name]) => name.toLowerCase() === 'age')?.[1] ?? '0';
  const ageThere = /^\d{1,9}$/.test(sent) ? Number(sent) : 0;
  return [
    ...merged(own),
    ALLOW_ORIGIN,
    ['Access-Control-Expose-Headers', EXPOSED_HEADERS],
    ...(answer.status === 200 ? [['ETag', etagOf(answer)] as const] : []),
    ['Age', String(ageThere + ageSeconds)],
    ...(isStale ? [['X-Halyard-Stale', '1'] as const] : []),
  ];
}

/** Several lines of a header become one with commas, which is equivalent: not every transport can send several. */
function merged(headers: readonly [string, string][]): [string, string][] {
  const byName = new Map<string, [string, string]>();
  for (const [name, value] of headers) {
    const before = byName.get(name.toLowerCase());
    if (before === undefined) byName.set(name.toLowerCase(), [name, value]);
    else before[1] += `, ${value}`;
  }
  return [...byName.values()];
}

/** Weak, because it is the same for both encodings. */
function etagOf({ digest }: ApiAnswer): string {
  return `W/"${digest}"`;
}

function matches(ifNoneMatch: string, etag: string): boolean {
  const strong = etag.slice(2);
  return entityTagsIn(ifNoneMatch).some((tag) => tag === '*' || tag === strong);
}

/** For other `Accept` headers the API may answer in another form: `text/html` for a browser's address bar. */
function takesJson(accept: string): boolean {
  return accept === '' || (/(?:\*\/\*|application\/(?:json|\*))/i.test(accept) && !/text\/html/i.test(accept));
}

function acceptsGzip(acceptEncoding: string): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(acceptEncoding);
}

/** A header value that may be sent on; an invalid one counts as none. */
function plain(value: string): string {
  return /^[ -~]{1,1024}$/.test(value) ? value : '*/*';
}
