import type { EnvironmentReports } from '../../application/ports/environment-report.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { MetricsPage } from '../../application/ports/metrics-page.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';
import type { HttpExchange } from './exchange.ts';
import type { RouteGroup } from './routes.ts';
export interface OperatorPorts {
    readonly metrics: MetricsPage;
    readonly environments: EnvironmentReports;
    readonly tokens: TokenCheck;
    readonly logger: Logger;
}
/** For operators: on the internal listener only, where there is one. */
export declare class OperatorRoutes implements RouteGroup {
    #private;
    constructor(ports: OperatorPorts);
    handle(exchange: HttpExchange): boolean;
}
