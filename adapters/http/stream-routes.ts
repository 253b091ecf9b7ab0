import type { Streams, StreamRefusal } from '../../application/ports/streams.ts';
import type { EventEncoder } from '../../domain/event-encoder.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { type Answer, error, invalidEnvironment } from './answer.ts';
import { clientAddress, type TrustedProxies } from './client-address.ts';
import { keyIn } from './environment-path.ts';
import type { HttpExchange, StreamSocket } from './exchange.ts';
import type { HeldRefusals } from './held-refusals.ts';
import { isAnsweredByMethod } from './methods.ts';
import type { RouteGroup } from './routes.ts';
import { STREAM_HEADERS, streamHead } from './sse.ts';

interface Ports {
  readonly streams: Streams;
  readonly encoder: EventEncoder;
  /** Whose `X-Forwarded-For` says whose stream it is; undefined where nobody counts streams by their address. */
  readonly trustedProxies: TrustedProxies | undefined;
  readonly refusals: HeldRefusals;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const SUFFIX = '/stream';
const METHODS = 'GET, OPTIONS';
const NO_ROOM: Readonly<Record<StreamRefusal, Answer>> = {
  full: error(503, 'too_many_subscribers', 'this instance holds as many streams as it may', [['Retry-After', '5']]),
  address: error(503, 'too_many_streams', 'this instance holds as many streams of your address as it may', [
    ['Retry-After', '5'],
  ]),
};

/** Where the SDKs follow an environment. */
export class StreamRoutes implements RouteGroup {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    const key = keyIn(exchange.path, SUFFIX);
    if (key === undefined) return false;
    if (!isAnsweredByMethod(exchange, METHODS)) this.#open(exchange, key);
    return true;
  }

  #open(exchange: HttpExchange, key: string): void {
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return exchange.answer(invalidEnvironment(key));
    const { encoder, random } = this.#ports;
    const client = {
      encoder,
      userAgent: exchange.header('user-agent'),
      lastEventId: exchange.header('last-event-id'),
      address: this.#addressOf(exchange),
    };
    let socket: StreamSocket | undefined;
    const stream = this.#ports.streams.open(environment, client, () => {
      const { keepAlive } = encoder;
      socket = exchange.beginStream({ headers: STREAM_HEADERS, firstBytes: streamHead(random), keepAlive });
      return socket;
    });
    if (typeof stream === 'string') this.#ports.refusals.refuse(exchange, NO_ROOM[stream]);
    else socket?.attach(stream);
  }

  #addressOf(exchange: HttpExchange): string {
    const { trustedProxies } = this.#ports;
    if (trustedProxies === undefined) return '';
    return clientAddress(trustedProxies, exchange.peerAddress(), () => exchange.headerLines('x-forwarded-for'));
  }
}
