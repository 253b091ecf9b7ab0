import { error, json } from "./answer.js";
import { isAnsweredByMethod } from "./methods.js";
const PATHS = new Map([
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
const METHODS = 'GET, HEAD, OPTIONS';
const LIVE = json('{"status":"ok"}');
const UNREADY = {
    starting: error(503, 'starting', 'the log has not been read yet'),
    log_unavailable: error(503, 'log_unavailable', 'the log cannot be followed'),
    full: error(503, 'full', 'this instance holds as many streams as it may'),
    draining: error(503, 'draining', 'this instance is shutting down'),
};
/** The probes of load balancers and orchestrators: on every listener. */
export class HealthRoutes {
    #health;
    #telemetry;
    constructor(health, telemetry) {
        this.#health = health;
        this.#telemetry = telemetry;
    }
    handle(exchange) {
        const probe = PATHS.get(exchange.path);
        if (probe === undefined)
            return false;
        if (isAnsweredByMethod(exchange, METHODS))
            return true;
        const unready = probe === 'ready' ? this.#health.unready() : undefined;
        exchange.answer(unready === undefined ? LIVE : UNREADY[unready]);
        this.#telemetry.wrote('healthcheck', 1);
        return true;
    }
}
//# sourceMappingURL=health-routes.js.map