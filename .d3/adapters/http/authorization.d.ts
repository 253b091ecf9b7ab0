import type { Logger } from '../../application/ports/logger.ts';
import type { HttpExchange } from './exchange.ts';
export declare const UNAUTHORIZED: import("./answer.ts").Answer;
/**
 * Lets a request in by the token that it carries. Where it is not let in, the log says why, at a bounded rate and
 * without what was presented: a token that is wrong by one character would still leak the secret.
 *
 * @param enter takes the token, or an empty text where there is none, so that every refusal takes the same time
 * @returns what `enter` gave
 */
export declare function enterByToken<T>(exchange: HttpExchange, logger: Logger, endpoint: string, enter: (token: string) => T | undefined): T | undefined;
