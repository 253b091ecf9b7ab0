import { error, NOT_FOUND } from './answer.ts';
import type { HttpExchange } from './exchange.ts';

/** The endpoints of one concern, for any transport. */
export interface RouteGroup {
  /**
   * Answers the request, begins a stream on it, or will do so.
   *
   * @returns false if the path is not one of its own: then it did nothing
   */
  handle(exchange: HttpExchange): boolean;
}

const TWO_LENGTHS = error(400, 'invalid_request', 'the request has more than one Content-Length', [], true);

/** Everything that a listener answers: the first group that has the path takes the request. */
export class Routes {
  readonly #groups: readonly RouteGroup[];

  constructor(groups: readonly RouteGroup[]) {
    this.#groups = groups;
  }

  handle(exchange: HttpExchange): void {
    // Whatever the path: the parser takes the first length, and a proxy in front may have taken the other.
    if (exchange.contentLengths() > 1) return exchange.answer(TWO_LENGTHS);
    for (const group of this.#groups) if (group.handle(exchange)) return;
    exchange.answer(NOT_FOUND);
  }
}
