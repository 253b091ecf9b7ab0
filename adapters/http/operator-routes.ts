import type { EnvironmentReports } from '../../application/ports/environment-report.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import type { MetricsPage } from '../../application/ports/metrics-page.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { ALLOW_ORIGIN, error, invalidEnvironment, json } from './answer.ts';
import { enterByToken, UNAUTHORIZED } from './authorization.ts';
import type { HttpExchange } from './exchange.ts';
import { isAnsweredByMethod } from './methods.ts';
import type { RouteGroup } from './routes.ts';

export interface OperatorPorts {
  readonly metrics: MetricsPage;
  readonly environments: EnvironmentReports;
  readonly tokens: TokenCheck;
  readonly logger: Logger;
}

/** The second one is the default of Prometheus. */
const METRICS_PATHS: ReadonlySet<string> = new Set(['/metricsz', '/metrics']);
const DEBUG_PREFIX = '/debug/environments/';
const METHODS = 'GET, HEAD, OPTIONS';
const METRICS_FAILED = error(503, 'metrics_unavailable', 'the metrics could not be gathered');

/** For operators: on the internal listener only, if there is one. */
export class OperatorRoutes implements RouteGroup {
  readonly #ports: OperatorPorts;

  constructor(ports: OperatorPorts) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    const { path } = exchange;
    const isMetrics = METRICS_PATHS.has(path);
    if (!isMetrics && !path.startsWith(DEBUG_PREFIX)) return false;
    if (isAnsweredByMethod(exchange, METHODS)) return true;
    if (isMetrics) this.#metrics(exchange);
    else this.#environment(exchange, path.slice(DEBUG_PREFIX.length));
    return true;
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
    const isKnown = enterByToken(exchange, logger, 'debug', (token) => tokens.accepts(token) || undefined);
    if (isKnown === undefined) return exchange.answer(UNAUTHORIZED);
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return exchange.answer(invalidEnvironment(key));
    exchange.answer(json(JSON.stringify(environments.report(environment))));
  }
}
