import type { Clock } from '../../application/ports/clock.ts';
import type { Answer } from './answer.ts';
import type { HttpExchange } from './exchange.ts';
/**
 * Requests that will be refused, but not at once, counted over all listeners of the process. Each takes a connection,
 * or a stream of one, for as long as it is held. Beyond the bound a refusal is answered at once, and closes its
 * connection where that carries nothing else: a client that asks in a loop has to connect first, and leaves no file open.
 */
export declare class HeldRefusals {
    #private;
    constructor(max: number, clock: Clock);
    /** Answers after a while; not at all when the client is gone by then. */
    refuse(exchange: HttpExchange, answer: Answer): void;
}
