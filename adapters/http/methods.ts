import { type Answer, methodNotAllowed, preflight } from './answer.ts';
import type { HttpExchange } from './exchange.ts';

/**
 * The answer to a preflight, or to a method that the path does not support.
 *
 * @param methods as the header `Allow` has them, `OPTIONS` included
 * @param headers what a preflight allows, if it is not the common ones
 * @returns undefined if the method is one of them
 */
export function answerToMethod(method: string, methods: string, headers?: string): Answer | undefined {
  if (method === 'OPTIONS') return preflight(methods, headers);
  return methods.split(', ').includes(method) ? undefined : methodNotAllowed(methods);
}

/** Answers such a request at once, and returns whether it was one. */
export function isAnsweredByMethod(exchange: HttpExchange, methods: string, headers?: string): boolean {
  const answer = answerToMethod(exchange.method, methods, headers);
  if (answer !== undefined) exchange.answer(answer);
  return answer !== undefined;
}
