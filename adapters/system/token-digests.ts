import { hash, timingSafeEqual } from 'node:crypto';
import type { TokenCheck } from '../../application/ports/token-check.ts';

/** Compares SHA-256 digests, all of equal length, in constant time; the tokens themselves are not kept. */
export class TokenDigests implements TokenCheck {
  readonly #known: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#known = tokens.map(digest);
  }

  accepts(token: string): boolean {
    const presented = digest(token);
    let accepted = false;
    // Every known token is compared, so that the time does not tell which of them matched.
    for (const known of this.#known) if (timingSafeEqual(known, presented)) accepted = true;
    return accepted;
  }
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
