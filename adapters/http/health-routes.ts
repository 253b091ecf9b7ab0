import type { HealthReport, UnreadyReason } from '../../application/ports/health-report.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import { type Answer, error, json } from './answer.ts';
import type { HttpExchange } from './exchange.ts';
import { isAnsweredByMethod } from './methods.ts';
import type { RouteGroup } from './routes.ts';

/** `log` is liveness, unless the operator wants its meaning in the published image. */
const PATHS: ReadonlyMap<string, 'live' | 'ready' | 'log'> = new Map([
  ['/livez', 'live'],
  ['/readyz', 'ready'],
  // The published image and its Helm chart have these.
  ['/health', 'log'],
  ['/sse/health', 'log'],
  ['/health/liveness', 'live'],
  ['/health/liveness/', 'live'],
  ['/health/readiness', 'ready'],
  ['/health/readiness/', 'ready'],
]);
const METHODS = 'GET, HEAD, OPTIONS';

const LIVE = json('{"status":"ok"}');
const UNREADY: Readonly<Record<UnreadyReason, Answer>> = {
  starting: error(503, 'starting', 'the log has not been read yet'),
  log_unavailable: error(503, 'log_unavailable', 'the log cannot be followed'),
  full: error(503, 'full', 'this instance has reached its limit of streams'),
  draining: error(503, 'draining', 'this instance is shutting down'),
};

/** The probes of load balancers and orchestrators: on every listener. */
export class HealthRoutes implements RouteGroup {
  readonly #health: HealthReport;
  readonly #telemetry: Telemetry;
  readonly #healthChecksLog: boolean;

  /** @param healthChecksLog whether `/health` says what `/readyz` says */
  constructor(health: HealthReport, telemetry: Telemetry, healthChecksLog: boolean) {
    this.#health = health;
    this.#telemetry = telemetry;
    this.#healthChecksLog = healthChecksLog;
  }

  handle(exchange: HttpExchange): boolean {
    const probe = PATHS.get(exchange.path);
    if (probe === undefined) return false;
    if (isAnsweredByMethod(exchange, METHODS)) return true;
    const asksReadiness = probe === 'ready' || (probe === 'log' && this.#healthChecksLog);
    const unready = asksReadiness ? this.#health.unready() : undefined;
    exchange.answer(unready === undefined ? LIVE : UNREADY[unready]);
    this.#telemetry.wrote('healthcheck', 1);
    return true;
  }
}
