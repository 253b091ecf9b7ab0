import type { HttpExchange } from './exchange.ts';
/**
 * Answers a request that does not use one of a path's methods: a preflight, or a method that the path does not take.
 *
 * @param methods as the header `Allow` has them, `OPTIONS` included
 * @returns whether it is answered
 */
export declare function isAnsweredByMethod(exchange: HttpExchange, methods: string): boolean;
