import type { HealthReport } from '../../application/ports/health-report.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { HttpExchange } from './exchange.ts';
import type { RouteGroup } from './routes.ts';
/** The probes of load balancers and orchestrators: on every listener. */
export declare class HealthRoutes implements RouteGroup {
    #private;
    constructor(health: HealthReport, telemetry: Telemetry);
    handle(exchange: HttpExchange): boolean;
}
