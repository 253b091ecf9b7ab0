import type { EvaluationOutcome, Evaluated, Evaluations } from '../../../application/ports/evaluations.ts';
import type { ApiAnswer } from '../../../application/ports/flagsmith-api.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import { ALLOW_ORIGIN, type Answer, type HeaderList, tooLarge } from '../answer.ts';
import { BodyReader } from '../body-reader.ts';
import { pathAsRead, type PathReading } from '../environment-path.ts';
import { entityTagsIn } from '../entity-tags.ts';
import type { HttpExchange } from '../exchange.ts';
import { isAnsweredByMethod } from '../methods.ts';
import type { RouteGroup } from '../routes.ts';
import { type EvaluationContext, readContext } from './context.ts';
import { digestOf, type EvaluatedFlags, readFlags } from './evaluated-flags.ts';
import { eventStreams } from './event-streams.ts';

interface Ports {
  readonly evaluations: Evaluations;
  readonly logger: Logger;
  /** Where clients reach the public listeners; undefined: they receive a path alone. */
  readonly publicUrl: string | undefined;
  readonly reading: PathReading;
}

/** What a request asks for: with which key, and all flags or one. */
interface Asked {
  readonly environmentKey: string;
  /** Undefined: all of them. */
  readonly flag: string | undefined;
  readonly refetchOf: string | undefined;
  readonly ifNoneMatch: string;
}

const PATH = '/ofrep/v1/evaluate/flags';
const METHODS = 'POST, OPTIONS';
const ALLOWED_HEADERS =
  'Authorization, Content-Type, If-None-Match, X-API-Key, X-Environment-Key, Cache-Control, X-Requested-With, ' +
  'traceparent, tracestate, baggage';
const KEY = /^(?:ser\.)?[A-Za-z0-9_-]{1,100}$/;
/** Flagsmith takes 2,000 characters a trait. */
const MAX_BODY_BYTES = 32_768;
/** Over all listeners of the process: strangers can make it hold this many incomplete bodies, 32 MB. */
const MAX_BODIES = 1024;
const TOO_LARGE = tooLarge(MAX_BODY_BYTES);
/** How much of the API's own message about a context is passed on. */
const MAX_WORDS_BYTES = 500;

const HEADERS: HeaderList = [
  ALLOW_ORIGIN,
  ['Access-Control-Expose-Headers', 'ETag, Retry-After'],
  ['Cache-Control', 'no-store'],
];
const JSON_HEADERS: HeaderList = [...HEADERS, ['Content-Type', 'application/json']];
const RETRY_HEADERS: HeaderList = [...JSON_HEADERS, ['Retry-After', '1']];
const CHALLENGE_HEADERS: HeaderList = [...JSON_HEADERS, ['WWW-Authenticate', 'Bearer']];

/** The endpoints at which OFREP providers evaluate flags. */
export class EvaluateRoutes implements RouteGroup {
  readonly #ports: Ports;
  readonly #bodies = new BodyReader(MAX_BODIES, MAX_BODY_BYTES);
  /** The flags of answers that callers share. */
  readonly #read = new WeakMap<ApiAnswer, EvaluatedFlags>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    const path = pathAsRead(exchange.path, this.#ports.reading);
    const flag = path === PATH ? undefined : keyIn(path);
    if (path !== PATH && flag === undefined) return false;
    if (!isAnsweredByMethod(exchange, METHODS, ALLOWED_HEADERS)) this.#ask(exchange, flag);
    return true;
  }

  #ask(exchange: HttpExchange, flag: string | undefined): void {
    const environmentKey = environmentKeyIn(exchange);
    if (!KEY.test(environmentKey)) return exchange.answer(unauthorized(flag));
    const asked: Asked = {
      environmentKey,
      flag,
      refetchOf: refetchIn(exchange.query),
      ifNoneMatch: exchange.header('if-none-match'),
    };
    const isRead = this.#bodies.read(exchange, (body) => {
      if (body === 'too_large') return exchange.answer(TOO_LARGE);
      const context = readContext(body);
      if ('invalid' in context) exchange.answer(failure(400, flag, context.invalid, context.why));
      else this.#evaluate(exchange, asked, context);
    });
    if (!isRead) exchange.answer(failed('busy', flag));
  }

  #evaluate(exchange: HttpExchange, asked: Asked, context: EvaluationContext): void {
    const { environmentKey, refetchOf } = asked;
    const { identity } = context;
    const state = { isAnswered: false };
    const cancel = this.#ports.evaluations.evaluate({ environmentKey, identity, refetchOf }, (outcome) => {
      state.isAnswered = true;
      exchange.answer(this.#answerTo(outcome, asked, context));
    });
    if (!state.isAnswered) exchange.onGone(cancel);
  }

  #answerTo(outcome: EvaluationOutcome, asked: Asked, context: EvaluationContext): Answer {
    if (outcome.kind === 'unauthorized') return unauthorized(asked.flag);
    if (outcome.kind === 'rejected') return rejected(outcome.answer, asked.flag, context);
    if (outcome.kind !== 'evaluated') return failed(outcome.kind, asked.flag);
    const flags = this.#flagsIn(outcome.answer, context);
    if (flags === undefined) {
      this.#ports.logger.warn(
        'flags_api_failed',
        { reason: 'unreadable', detail: 'not a list of flags' },
        'unreadable',
      );
      return failed('unavailable', asked.flag);
    }
    return asked.flag === undefined ? this.#allOf(flags, outcome, asked, context) : oneOf(flags, asked.flag);
  }

  #flagsIn(answer: ApiAnswer, { identity }: EvaluationContext): EvaluatedFlags | undefined {
    const before = this.#read.get(answer);
    if (before !== undefined) return before;
    const flags = readFlags(answer.body, identity !== undefined);
    if (flags !== undefined) this.#read.set(answer, flags);
    return flags;
  }

  #allOf(flags: EvaluatedFlags, { newestId, isStale }: Evaluated, asked: Asked, context: EvaluationContext): Answer {
    const { environmentKey, ifNoneMatch } = asked;
    // The same flags for another context are other flags: providers send the last ETag for every context.
    const etag = `"${digestOf(`${environmentKey}\n${context.identity ?? ''}`)}.${flags.digest}"`;
    const added: HeaderList = [['ETag', etag], ...(isStale ? [['X-Halyard-Stale', '1'] as const] : [])];
    if (entityTagsIn(ifNoneMatch).includes(etag)) return { status: 304, headers: [...HEADERS, ...added], body: '' };
    const streams = eventStreams(environmentKey, newestId, this.#ports.publicUrl);
    const body = `{"flags":${flags.json}${streams === undefined ? '' : `,"eventStreams":${streams}`}}`;
    return { status: 200, headers: [...JSON_HEADERS, ...added], body: Buffer.from(body) };
  }
}

function oneOf({ byKey }: EvaluatedFlags, flag: string): Answer {
  const found = byKey.get(flag);
  if (found === undefined) return failure(404, flag, 'FLAG_NOT_FOUND', 'the environment has no flag with this key');
  return { status: 200, headers: JSON_HEADERS, body: Buffer.from(found) };
}

/** All lines of a header: with two keys it is unclear whose flags are requested. */
function environmentKeyIn(exchange: HttpExchange): string {
  const own = exchange.headerLines('x-api-key') || exchange.headerLines('x-environment-key');
  return own || (/^Bearer +(.*)$/i.exec(exchange.headerLines('authorization'))?.[1] ?? '');
}

/** The flag key at the end of a path; undefined if there is none. */
function keyIn(path: string): string | undefined {
  const encoded = path.startsWith(`${PATH}/`) ? path.slice(PATH.length + 1) : '';
  if (encoded === '' || encoded.includes('/')) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** Providers send back the `etag` of an event, which is its id in quotation marks. */
function refetchIn(query: string): string | undefined {
  return new URLSearchParams(query).get('flagConfigEtag')?.replace(/^"(.*)"$/, '$1');
}

function unauthorized(flag: string | undefined): Answer {
  const why = 'send the client-side key of an environment as X-API-Key, X-Environment-Key or "Authorization: Bearer"';
  return failure(401, flag, 'GENERAL', why, CHALLENGE_HEADERS);
}

function failed(kind: 'unavailable' | 'busy', flag: string | undefined): Answer {
  const why =
    kind === 'busy'
      ? 'too many requests for flags are waiting at this instance'
      : 'the Flagsmith API does not answer, or too slowly';
  return failure(503, flag, 'GENERAL', why, RETRY_HEADERS);
}

/** An API without transient identities rejects a context without a targeting key. */
function rejected({ body }: ApiAnswer, flag: string | undefined, { hasTargetingKey }: EvaluationContext): Answer {
  const words = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, MAX_WORDS_BYTES)).toString();
  const why = `the Flagsmith API rejects this context: ${words}`;
  return failure(400, flag, hasTargetingKey ? 'INVALID_CONTEXT' : 'TARGETING_KEY_MISSING', why);
}

function failure(
  status: number,
  flag: string | undefined,
  errorCode: string,
  errorDetails: string,
  headers: HeaderList = JSON_HEADERS,
): Answer {
  return {
    status,
    headers,
    body: JSON.stringify({ ...(flag === undefined ? {} : { key: flag }), errorCode, errorDetails }),
  };
}
