import type { HttpExchange } from './exchange.ts';
/** The endpoints of one concern, for any transport. */
export interface RouteGroup {
    /**
     * Answers the request, begins a stream on it, or will do so.
     *
     * @returns false where the path is not one of its own: then nothing was done
     */
    handle(exchange: HttpExchange): boolean;
}
/** Everything that a listener answers: the first group that has the path takes the request. */
export declare class Routes {
    #private;
    constructor(groups: readonly RouteGroup[]);
    handle(exchange: HttpExchange): void;
}
