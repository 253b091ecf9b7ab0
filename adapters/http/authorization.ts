import type { Logger } from '../../application/ports/logger.ts';
import { error } from './answer.ts';
import type { HttpExchange } from './exchange.ts';

export const UNAUTHORIZED = error(
  401,
  'unauthorized',
  'send the header "Authorization: Token" followed by the shared token',
  [['WWW-Authenticate', 'Token']],
);

/**
 * Lets a request in by the token that it carries. The log reports why a request was refused, at a bounded rate and
 * without the presented text: a token that is wrong by one character would still leak the secret.
 *
 * @param enter takes the token, or an empty text if none was sent, so that every refusal takes the same time
 * @returns what `enter` returned
 */
export function enterByToken<T>(
  exchange: HttpExchange,
  logger: Logger,
  endpoint: string,
  enter: (token: string) => T | undefined,
): T | undefined {
  const authorization = exchange.header('authorization');
  const token = /^Token +(.*)$/i.exec(authorization)?.[1];
  const entered = enter(token ?? '');
  if (entered !== undefined) return entered;
  const reason = authorization === '' ? 'no_token' : token === undefined ? 'other_scheme' : 'wrong_token';
  logger.warn('token_rejected', { endpoint, reason });
  return undefined;
}
