import type { Streams } from '../../application/ports/streams.ts';
import type { EventEncoder } from '../../domain/event-encoder.ts';
import { type TrustedProxies } from './client-address.ts';
import type { HttpExchange } from './exchange.ts';
import type { HeldRefusals } from './held-refusals.ts';
import type { RouteGroup } from './routes.ts';
interface Ports {
    readonly streams: Streams;
    readonly encoder: EventEncoder;
    /** Whose `X-Forwarded-For` says whose stream it is; undefined where nobody counts streams by their address. */
    readonly trustedProxies: TrustedProxies | undefined;
    readonly refusals: HeldRefusals;
    /** Uniform in [0, 1). */
    readonly random: () => number;
}
/** Where the SDKs follow an environment. */
export declare class StreamRoutes implements RouteGroup {
    #private;
    constructor(ports: Ports);
    handle(exchange: HttpExchange): boolean;
}
export {};
