import type { HttpExchange } from './exchange.ts';

/**
 * Reads the bodies of an endpoint that strangers reach, counted over all listeners of the process: each may occupy
 * memory until it is whole or its client goes away.
 */
export class BodyReader {
  readonly #maxBodies: number;
  readonly #maxBytes: number;
  /** The requests whose body is being read. */
  readonly #reading = new Set<HttpExchange>();

  /** @param maxBodies how many are read at a time */
  constructor(maxBodies: number, maxBytes: number) {
    this.#maxBodies = maxBodies;
    this.#maxBytes = maxBytes;
  }

  /** @returns false if no place is free: then the body is not read, and the callback is not called */
  read(exchange: HttpExchange, take: (body: Buffer | 'too_large') => void): boolean {
    if (this.#reading.size >= this.#maxBodies) return false;
    this.#reading.add(exchange);
    exchange.onGone(() => void this.#reading.delete(exchange));
    exchange.readBody(this.#maxBytes, (body) => {
      this.#reading.delete(exchange);
      take(body);
    });
    return true;
  }
}
