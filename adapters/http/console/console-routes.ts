import type { Logger } from '../../../application/ports/logger.ts';
import { type RecentSamples, SAMPLE_MS } from '../../../application/ports/samples.ts';
import type { Streams } from '../../../application/ports/streams.ts';
import type { TokenCheck } from '../../../application/ports/token-check.ts';
import type { EventEncoder } from '../../../domain/event-encoder.ts';
import { parseEnvironmentId } from '../../../domain/environment-id.ts';
import { messageOf } from '../../../application/ports/message-of.ts';
import { type Answer, error, invalidEnvironment, json } from '../answer.ts';
import { enterByToken, UNAUTHORIZED } from '../authorization.ts';
import type { HttpExchange, StreamSocket } from '../exchange.ts';
import { isAnsweredByMethod } from '../methods.ts';
import type { RouteGroup } from '../routes.ts';
import { STREAM_HEADERS, streamHead } from '../sse.ts';
import type { ConsoleFeed } from './console-feed.ts';
import { consolePage } from './console-page.ts';

interface Ports {
  readonly feed: ConsoleFeed;
  readonly history: RecentSamples;
  readonly streams: Streams;
  readonly encoder: EventEncoder;
  readonly tokens: TokenCheck;
  readonly logger: Logger;
}

const EVENTS_PATH = '/console/events';
const HISTORY_PATH = '/console/history';
const STREAM_PREFIX = '/console/streams/';
const METHODS = 'GET, OPTIONS';
const NO_ROOM = error(503, 'too_many_consoles', 'too many consoles are open');
const NO_HISTORY = error(503, 'history_unavailable', 'the history could not be gathered');
const FULL = error(503, 'too_many_subscribers', 'this instance has reached its limit of streams');

/** No client reconnects by itself: the page does, with the token. */
const NO_RETRY = (): number => 1;

/**
 * The console: a page that anyone may load, and its data, which need the token. The page sends it as a header, so it is
 * in no address, no cookie and no log.
 */
export class ConsoleRoutes implements RouteGroup {
  readonly #ports: Ports;
  readonly #page = consolePage();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    const { path } = exchange;
    const file = this.#page.get(path);
    const isShown = path === EVENTS_PATH || path === HISTORY_PATH || path.startsWith(STREAM_PREFIX);
    if (file === undefined && !isShown) return false;
    if (isAnsweredByMethod(exchange, METHODS)) return true;
    const answer = file ?? this.#shown(exchange);
    if (answer !== undefined) exchange.answer(answer);
    return true;
  }

  /** Undefined: a stream has begun, or the answer comes later. */
  #shown(exchange: HttpExchange): Answer | undefined {
    const { tokens, logger, feed, encoder } = this.#ports;
    const isLetIn = enterByToken(exchange, logger, 'console', (token) => tokens.accepts(token) || undefined);
    if (isLetIn === undefined) return UNAUTHORIZED;
    if (exchange.path === HISTORY_PATH) return void this.#history(exchange);
    const begin = (): StreamSocket => {
      const { keepAlive } = encoder;
      return exchange.beginStream({ headers: STREAM_HEADERS, firstBytes: streamHead(NO_RETRY), keepAlive });
    };
    if (exchange.path !== EVENTS_PATH) return this.#environment(exchange.path.slice(STREAM_PREFIX.length), begin);
    if (!feed.hasRoom) return NO_ROOM;
    feed.open(begin);
    return undefined;
  }

  #history(exchange: HttpExchange): undefined {
    const { history, logger } = this.#ports;
    history.read().then(
      (samples) => exchange.answer(json(JSON.stringify({ sampleMs: SAMPLE_MS, samples }))),
      (reason: unknown) => {
        logger.warn('history_failed', { reason: messageOf(reason) });
        exchange.answer(NO_HISTORY);
      },
    );
  }

  /** A stream as clients receive it, on a listener without streams for clients. */
  #environment(key: string, begin: () => StreamSocket): Answer | undefined {
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return invalidEnvironment(key);
    const { streams, encoder } = this.#ports;
    let socket: StreamSocket | undefined;
    const client = { encoder, userAgent: 'halyard-console', lastEventId: '', address: '' };
    const stream = streams.open(environment, client, () => (socket = begin()));
    if (typeof stream === 'string') return FULL;
    socket?.attach(stream);
    return undefined;
  }
}
