import { methodNotAllowed, preflight } from './answer.ts';
import type { HttpExchange } from './exchange.ts';

/**
 * Answers a request that does not use one of a path's methods: a preflight, or a method that the path does not take.
 *
 * @param methods as the header `Allow` has them, `OPTIONS` included
 * @param headers what a preflight allows, where it is not the common ones
 * @returns whether it is answered
 */
export function isAnsweredByMethod(exchange: HttpExchange, methods: string, headers?: string): boolean {
  const { method } = exchange;
  if (method === 'OPTIONS') exchange.answer(preflight(methods, headers));
  else if (!methods.split(', ').includes(method)) exchange.answer(methodNotAllowed(methods));
  else return false;
  return true;
}
