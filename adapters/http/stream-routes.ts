import type { Streams, StreamRefusal } from '../../application/ports/streams.ts';
import type { EventEncoder } from '../../domain/event-encoder.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { type Answer, error, invalidEnvironment, NOT_FOUND } from './answer.ts';
import { streamAddress, type TrustedProxies } from './client-address.ts';
import { keyIn, type PathReading } from './environment-path.ts';
import type { HttpExchange, StreamSocket } from './exchange.ts';
import type { HeldRefusals } from './held-refusals.ts';
import { answerToMethod } from './methods.ts';
import type { RouteGroup } from './routes.ts';
import { STREAM_HEADERS, streamHead } from './sse.ts';

interface Ports {
  readonly streams: Streams;
  readonly encoder: EventEncoder;
  /** The proxies whose `X-Forwarded-For` names the client; undefined if streams are not counted by address. */
  readonly trustedProxies: TrustedProxies | undefined;
  readonly refusals: HeldRefusals;
  readonly reading: PathReading;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const SUFFIX = '/stream';
/** Flutter's documentation gives a base URL that leads here. */
const SHORT_PREFIX = '/sse/';
const METHODS = 'GET, OPTIONS';
const NO_ROOM: Readonly<Record<StreamRefusal, Answer>> = {
  draining: error(503, 'draining', 'this instance is about to stop', [['Retry-After', '5']]),
  full: error(503, 'too_many_subscribers', 'this instance has reached its limit of streams', [['Retry-After', '5']]),
  address: error(503, 'too_many_streams', 'this instance has reached its limit of streams for your address', [
    ['Retry-After', '5'],
  ]),
};

/**
 * Where the SDKs follow an environment. Every path with their ending is answered here, because clients request a wrong
 * one again and again, some without a pause if they are refused quickly.
 */
export class StreamRoutes implements RouteGroup {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    if (!exchange.path.endsWith(SUFFIX)) return false;
    const answer = this.#answerTo(exchange);
    if (answer === undefined) return true;
    if (answer.status < 400) exchange.answer(answer);
    else this.#ports.refusals.refuse(exchange, answer);
    return true;
  }

  /** Undefined: a stream has begun. */
  #answerTo(exchange: HttpExchange): Answer | undefined {
    const key = this.#keyIn(exchange.path);
    if (key === undefined) return NOT_FOUND;
    return answerToMethod(exchange.method, METHODS) ?? this.#open(exchange, key);
  }

  #keyIn(path: string): string | undefined {
    const { reading } = this.#ports;
    const key = keyIn(path, SUFFIX, reading) ?? keyIn(path, SUFFIX, reading, SHORT_PREFIX);
    // Not an environment: the full path without its key.
    return key === 'environments' ? undefined : key;
  }

  #open(exchange: HttpExchange, key: string): Answer | undefined {
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return invalidEnvironment(key);
    const { encoder, random } = this.#ports;
    const client = {
      encoder,
      userAgent: exchange.header('user-agent'),
      lastEventId: exchange.header('last-event-id'),
      address: streamAddress(exchange, this.#ports.trustedProxies),
    };
    let socket: StreamSocket | undefined;
    const stream = this.#ports.streams.open(environment, client, () => {
      const { keepAlive } = encoder;
      socket = exchange.beginStream({ headers: STREAM_HEADERS, firstBytes: streamHead(random), keepAlive });
      return socket;
    });
    if (typeof stream === 'string') return NO_ROOM[stream];
    socket?.attach(stream);
    return undefined;
  }
}
