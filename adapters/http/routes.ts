import type { ChangeQueue } from '../../application/ports/change-queue.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { HealthReport, UnreadyReason } from '../../application/ports/health-report.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { StreamOpening, StreamRefusal } from '../../application/ports/stream-opening.ts';
import type { ChangeOutcome, Telemetry } from '../../application/ports/telemetry.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { formatUpdateMessage, MAX_MESSAGE_BYTES, parseUpdateMessage } from '../../domain/update-message.ts';
import { type Answer, error, invalidEnvironment, json, methodNotAllowed, preflight } from './answer.ts';
import { isAuthorized, UNAUTHORIZED } from './authorization.ts';
import { clientAddress, type TrustedProxies } from './client-address.ts';
import type { HttpExchange, StreamSocket } from './exchange.ts';
import type { HeldRefusals } from './held-refusals.ts';
import type { OperatorRoutes } from './operator-routes.ts';
import { greeting, STREAM_HEADERS } from './sse.ts';

export interface RoutePorts {
  readonly streams: StreamOpening;
  /** Whose `X-Forwarded-For` says whose stream it is; undefined where nobody counts streams by their address. */
  readonly trustedProxies: TrustedProxies | undefined;
  readonly refusals: HeldRefusals;
  readonly changes: ChangeQueue;
  readonly tokens: TokenCheck;
  readonly health: HealthReport;
  readonly operator: Pick<OperatorRoutes, 'handle'>;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What a listener answers: everything, or its part when an internal listener is set. Health is on every one. */
export type RouteScope = 'all' | 'public' | 'internal';

const HEALTH_PATHS: ReadonlyMap<string, 'live' | 'ready'> = new Map([
  ['/livez', 'live'],
  ['/readyz', 'ready'],
  // The older service and its Helm chart probe these.
  ['/health', 'live'],
  ['/sse/health', 'live'],
  ['/health/liveness', 'live'],
  ['/health/liveness/', 'live'],
  ['/health/readiness', 'ready'],
  ['/health/readiness/', 'ready'],
]);
const ENVIRONMENT_PREFIX = '/sse/environments/';
const STREAM_SUFFIX = '/stream';
const CHANGE_SUFFIX = '/queue-change';

const HEALTH_METHODS = 'GET, HEAD, OPTIONS';
const STREAM_METHODS = 'GET, OPTIONS';
const CHANGE_METHODS = 'POST, OPTIONS';

const NOT_FOUND = error(404, 'not_found', 'there is nothing at this path');
const LIVE = json('{"status":"ok"}');
const TWO_LENGTHS = error(400, 'invalid_request', 'the request has more than one Content-Length', [], true);
const TOO_LARGE = error(413, 'too_large', `the body is longer than ${MAX_MESSAGE_BYTES} bytes`, [], true);
const LOG_UNAVAILABLE = error(
  503,
  'log_unavailable',
  'the log does not answer; the change is kept and will be published when it does, unless a newer one is first',
  [['Retry-After', '1']],
);
const NO_ROOM: Readonly<Record<StreamRefusal, Answer>> = {
  full: error(503, 'too_many_subscribers', 'this instance holds as many streams as it may', [['Retry-After', '5']]),
  address: error(503, 'too_many_streams', 'this instance holds as many streams of your address as it may', [
    ['Retry-After', '5'],
  ]),
};
const UNREADY: Readonly<Record<UnreadyReason, Answer>> = {
  starting: error(503, 'starting', 'the log has not been read yet'),
  log_unavailable: error(503, 'log_unavailable', 'the log cannot be followed'),
  full: error(503, 'full', 'this instance holds as many streams as it may'),
  draining: error(503, 'draining', 'this instance is shutting down'),
};

/** The service's endpoints, for any transport: each exchange is answered, or becomes a stream. */
export class Routes {
  readonly #ports: RoutePorts;
  readonly #serves: { readonly streams: boolean; readonly changes: boolean; readonly operator: boolean };

  constructor(scope: RouteScope, ports: RoutePorts) {
    this.#ports = ports;
    this.#serves = { streams: scope !== 'internal', changes: scope !== 'public', operator: scope !== 'public' };
  }

  handle(exchange: HttpExchange): void {
    const { path } = exchange;
    // Whatever the path: the parser takes the first length, and a proxy in front may have taken the other.
    if (exchange.contentLengths() > 1) return exchange.answer(TWO_LENGTHS);
    if (path.startsWith(ENVIRONMENT_PREFIX)) {
      if (path.endsWith(CHANGE_SUFFIX) && this.#serves.changes) {
        const key = keyIn(path, CHANGE_SUFFIX);
        if (key !== undefined) return this.#change(exchange, key);
      } else if (path.endsWith(STREAM_SUFFIX) && this.#serves.streams) {
        const key = keyIn(path, STREAM_SUFFIX);
        if (key !== undefined) return this.#stream(exchange, key);
      }
    }
    const probe = HEALTH_PATHS.get(path);
    if (probe !== undefined) return this.#probe(exchange, probe);
    if (!this.#serves.operator || !this.#ports.operator.handle(exchange)) exchange.answer(NOT_FOUND);
  }

  #probe(exchange: HttpExchange, probe: 'live' | 'ready'): void {
    if (exchange.method === 'OPTIONS') return exchange.answer(preflight(HEALTH_METHODS));
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD')
      return exchange.answer(methodNotAllowed(HEALTH_METHODS));
    const unready = probe === 'ready' ? this.#ports.health.unready() : undefined;
    exchange.answer(unready === undefined ? LIVE : UNREADY[unready]);
    this.#ports.telemetry.wrote('healthcheck', 1);
  }

  #stream(exchange: HttpExchange, key: string): void {
    if (exchange.method === 'OPTIONS') return exchange.answer(preflight(STREAM_METHODS));
    if (exchange.method !== 'GET') return exchange.answer(methodNotAllowed(STREAM_METHODS));
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return exchange.answer(invalidEnvironment(key));
    const client = {
      userAgent: exchange.header('user-agent'),
      lastEventId: exchange.header('last-event-id'),
      address: this.#addressOf(exchange),
    };
    let socket: StreamSocket | undefined;
    const stream = this.#ports.streams.open(environment, client, () => {
      socket = exchange.beginStream(STREAM_HEADERS, greeting(this.#ports.random));
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

  #change(exchange: HttpExchange, key: string): void {
    if (exchange.method === 'OPTIONS') return exchange.answer(preflight(CHANGE_METHODS));
    if (exchange.method !== 'POST') return exchange.answer(methodNotAllowed(CHANGE_METHODS));
    const beganMs = this.#ports.clock.monotonicMs();
    const answer = (outcome: ChangeOutcome, answered: Answer): void => {
      exchange.answer(answered);
      this.#ports.telemetry.changeAnswered(outcome, this.#ports.clock.monotonicMs() - beganMs);
    };
    if (!isAuthorized(exchange, this.#ports.tokens, this.#ports.logger, 'queue-change'))
      return answer('unauthorized', UNAUTHORIZED);
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return answer('invalid', invalidEnvironment(key));
    exchange.readBody(MAX_MESSAGE_BYTES, (body) => {
      if (body === 'too_large') return answer('too_large', TOO_LARGE);
      const updatedAt = parseUpdateMessage(body);
      if (typeof updatedAt !== 'string')
        return answer('invalid', error(400, `invalid_${updatedAt.field}`, `${updatedAt.field} ${updatedAt.invalid}`));
      void this.#ports.changes.change(environment, updatedAt).then((outcome) => {
        if (exchange.isGone) answer('abandoned', LOG_UNAVAILABLE);
        else if (outcome === 'stored') answer('stored', json(formatUpdateMessage(updatedAt)));
        else answer('unavailable', LOG_UNAVAILABLE);
      });
    });
  }
}

/** The one path segment before the suffix, or undefined where there is another number of them. */
function keyIn(path: string, suffix: string): string | undefined {
  const end = path.length - suffix.length;
  if (end < ENVIRONMENT_PREFIX.length) return undefined;
  const key = path.slice(ENVIRONMENT_PREFIX.length, end);
  return key.includes('/') ? undefined : key;
}
