import type { ChangeDoor } from '../../application/ports/change-door.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { HttpExchange } from './exchange.ts';
import type { RouteGroup } from './routes.ts';
interface Ports {
    readonly door: ChangeDoor<string>;
    readonly telemetry: Telemetry;
    readonly logger: Logger;
    readonly clock: Clock;
}
/** Where the Flagsmith API announces that an environment changed. */
export declare class QueueChangeRoutes implements RouteGroup {
    #private;
    constructor(ports: Ports);
    handle(exchange: HttpExchange): boolean;
}
export {};
