import type { Logger } from '../../application/ports/logger.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';
import { error } from './answer.ts';
import type { HttpExchange } from './exchange.ts';

export const UNAUTHORIZED = error(
  401,
  'unauthorized',
  'send the header "Authorization: Token" followed by the shared token',
  [['WWW-Authenticate', 'Token']],
);

/**
 * Whether the request carries the shared token. Where it does not, the log says why, at a bounded rate and without
 * what was presented: a token that is wrong by one character would be a secret all the same.
 */
export function isAuthorized(exchange: HttpExchange, tokens: TokenCheck, logger: Logger, endpoint: string): boolean {
  const authorization = exchange.header('authorization');
  const token = /^Token +(.*)$/i.exec(authorization)?.[1];
  // An empty token is nobody's, and is compared all the same, so that every refusal takes the same time.
  if (tokens.accepts(token ?? '')) return true;
  const reason = authorization === '' ? 'no_token' : token === undefined ? 'other_scheme' : 'wrong_token';
  logger.warn('token_rejected', { endpoint, reason });
  return false;
}
