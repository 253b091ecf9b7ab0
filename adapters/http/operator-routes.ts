import type { EnvironmentReports } from '../../application/ports/environment-report.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import type { MetricsPage } from '../../application/ports/metrics-page.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { ALLOW_ORIGIN, error, invalidEnvironment, json, methodNotAllowed, preflight } from './answer.ts';
import { isAuthorized, UNAUTHORIZED } from './authorization.ts';
import type { HttpExchange } from './exchange.ts';

export interface OperatorPorts {
  readonly metrics: MetricsPage;
  readonly environments: EnvironmentReports;
  readonly tokens: TokenCheck;
  readonly logger: Logger;
}

const METRICS_PATH = '/metricsz';
const DEBUG_PREFIX = '/debug/environments/';
const METHODS = 'GET, HEAD, OPTIONS';
const METRICS_FAILED = error(503, 'metrics_unavailable', 'the metrics could not be gathered');

/** What is for whoever runs the service: on the internal listener only, where there is one. */
export class OperatorRoutes {
  readonly #ports: OperatorPorts;

  constructor(ports: OperatorPorts) {
    this.#ports = ports;
  }

  /** @returns whether the path is one of these; then the exchange is answered, or will be */
  handle(exchange: HttpExchange): boolean {
    const { path } = exchange;
    if (path === METRICS_PATH) this.#methods(exchange, () => this.#metrics(exchange));
    else if (path.startsWith(DEBUG_PREFIX))
      this.#methods(exchange, () => this.#environment(exchange, path.slice(DEBUG_PREFIX.length)));
    else return false;
    return true;
  }

  #methods(exchange: HttpExchange, read: () => void): void {
    if (exchange.method === 'OPTIONS') return exchange.answer(preflight(METHODS));
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return exchange.answer(methodNotAllowed(METHODS));
    read();
  }

  #metrics(exchange: HttpExchange): void {
    const { metrics, logger } = this.#ports;
    metrics.render().then(
      (body) => exchange.answer({ status: 200, headers: [ALLOW_ORIGIN, ['Content-Type', metrics.contentType]], body }),
      (reason: unknown) => {
        logger.error('metrics_failed', { reason: messageOf(reason) });
        exchange.answer(METRICS_FAILED);
      },
    );
  }

  #environment(exchange: HttpExchange, key: string): void {
    const { environments, tokens, logger } = this.#ports;
    if (!isAuthorized(exchange, tokens, logger, 'debug')) return exchange.answer(UNAUTHORIZED);
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return exchange.answer(invalidEnvironment(key));
    exchange.answer(json(JSON.stringify(environments.report(environment))));
  }
}
