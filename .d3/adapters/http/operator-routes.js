import { messageOf } from "../common/message-of.js";
import { parseEnvironmentId } from "../../domain/environment-id.js";
import { ALLOW_ORIGIN, error, invalidEnvironment, json } from "./answer.js";
import { enterByToken, UNAUTHORIZED } from "./authorization.js";
import { isAnsweredByMethod } from "./methods.js";
const METRICS_PATH = '/metricsz';
const DEBUG_PREFIX = '/debug/environments/';
const METHODS = 'GET, HEAD, OPTIONS';
const METRICS_FAILED = error(503, 'metrics_unavailable', 'the metrics could not be gathered');
/** For operators: on the internal listener only, where there is one. */
export class OperatorRoutes {
    #ports;
    constructor(ports) {
        this.#ports = ports;
    }
    handle(exchange) {
        const { path } = exchange;
        if (path !== METRICS_PATH && !path.startsWith(DEBUG_PREFIX))
            return false;
        if (isAnsweredByMethod(exchange, METHODS))
            return true;
        if (path === METRICS_PATH)
            this.#metrics(exchange);
        else
            this.#environment(exchange, path.slice(DEBUG_PREFIX.length));
        return true;
    }
    #metrics(exchange) {
        const { metrics, logger } = this.#ports;
        metrics.render().then((body) => exchange.answer({ status: 200, headers: [ALLOW_ORIGIN, ['Content-Type', metrics.contentType]], body }), (reason) => {
            logger.error('metrics_failed', { reason: messageOf(reason) });
            exchange.answer(METRICS_FAILED);
        });
    }
    #environment(exchange, key) {
        const { environments, tokens, logger } = this.#ports;
        const isKnown = enterByToken(exchange, logger, 'debug', (token) => tokens.accepts(token) || undefined);
        if (isKnown === undefined)
            return exchange.answer(UNAUTHORIZED);
        const environment = parseEnvironmentId(key);
        if (environment === undefined)
            return exchange.answer(invalidEnvironment(key));
        exchange.answer(json(JSON.stringify(environments.report(environment))));
    }
}
//# sourceMappingURL=operator-routes.js.map