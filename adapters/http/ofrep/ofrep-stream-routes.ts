import type { Streams } from '../../../application/ports/streams.ts';
import type { EventEncoder } from '../../../domain/event-encoder.ts';
import { parseEnvironmentId } from '../../../domain/environment-id.ts';
import { type Answer, error, invalidEnvironment } from '../answer.ts';
import { streamAddress, type TrustedProxies } from '../client-address.ts';
import { pathAsRead, type PathReading } from '../environment-path.ts';
import type { HttpExchange, StreamSocket } from '../exchange.ts';
import type { HeldRefusals } from '../held-refusals.ts';
import { answerToMethod } from '../methods.ts';
import type { RouteGroup } from '../routes.ts';
import { STREAM_HEADERS, streamHead } from '../sse.ts';
import { STREAM_PATH } from './event-streams.ts';
import { OfrepEncoder } from './ofrep-encoder.ts';

interface Ports {
  /** The streams of this dialect. */
  readonly streams: Streams;
  /** Undefined if streams are not counted by address. */
  readonly trustedProxies: TrustedProxies | undefined;
  readonly refusals: HeldRefusals;
  readonly reading: PathReading;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const METHODS = 'GET, OPTIONS';
const NO_CHANNEL = error(
  400,
  'invalid_channels',
  'the query must have channels=KEY once; KEY is the client-side key of an environment',
);

/** Below 30 seconds: after that time without its stream, a provider begins to poll. */
const RETRY_MIN_MS = 15_000;
const RETRY_MAX_MS = 25_000;

/**
 * The streams for OpenFeature's providers. For any status but 200 they ask again each
 * second. So if there is no room they receive a stream that ends at once, with the time after which to reconnect.
 */
export class OfrepStreamRoutes implements RouteGroup {
  readonly #ports: Ports;
  readonly #encoder: EventEncoder = new OfrepEncoder();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    if (pathAsRead(exchange.path, this.#ports.reading) !== STREAM_PATH) return false;
    const answer = answerToMethod(exchange.method, METHODS) ?? this.#open(exchange);
    if (answer === undefined) return true;
    if (answer.status < 400) exchange.answer(answer);
    else this.#ports.refusals.refuse(exchange, answer);
    return true;
  }

  /** Undefined: a stream has begun. */
  #open(exchange: HttpExchange): Answer | undefined {
    const [key, ...more] = valuesIn(exchange.query, 'channels');
    if (key === undefined || more.length > 0) return NO_CHANNEL;
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return invalidEnvironment(key);
    const encoder = this.#encoder;
    const client = {
      encoder,
      userAgent: exchange.header('user-agent'),
      lastEventId: exchange.header('last-event-id') || knownIn(exchange.query),
      address: streamAddress(exchange, this.#ports.trustedProxies),
    };
    let socket: StreamSocket | undefined;
    const stream = this.#ports.streams.open(environment, client, () => {
      const firstBytes = streamHead(this.#ports.random);
      socket = exchange.beginStream({ headers: STREAM_HEADERS, firstBytes, keepAlive: encoder.keepAlive });
      return socket;
    });
    if (typeof stream === 'string') return this.#endedStream();
    socket?.attach(stream);
    return undefined;
  }

  /** It is not held: a hold and the longest `retry` together would be too long for a provider. */
  #endedStream(): Answer {
    const retryMs = Math.round(RETRY_MIN_MS + this.#ports.random() * (RETRY_MAX_MS - RETRY_MIN_MS));
    return { status: 200, headers: STREAM_HEADERS, body: `: no room\nretry: ${retryMs}\n\n`, close: true };
  }
}

/** The values of a parameter, as they were sent: no character of a key or an id is ever encoded. */
function valuesIn(query: string, name: string): string[] {
  return query
    .split('&')
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
}

/** The event that a client knows from the answer with the URL of the stream; empty if it is ambiguous. */
function knownIn(query: string): string {
  const [since = '', ...more] = valuesIn(query, 'since');
  return more.length === 0 ? since : '';
}
