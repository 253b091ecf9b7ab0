import { timingSafeEqual } from 'node:crypto';
import type { TokenCheck } from '../../application/ports/token-check.ts';

/**
 * Compares in constant time: every token is padded to one byte more than the longest known one, so the time reveals
 * neither where a guess went wrong nor the length of a known token. A digest would do the same, but lower the rate of
 * changes.
 */
export class SharedTokens implements TokenCheck {
  readonly #known: readonly { readonly text: string; readonly bytes: Buffer }[];
  readonly #presented: Buffer;

  constructor(tokens: readonly string[]) {
    const width = Math.max(...tokens.map((token) => Buffer.byteLength(token))) + 1;
    this.#presented = Buffer.alloc(width);
    this.#known = tokens.map((text) => ({ text, bytes: Buffer.alloc(width).fill(text, 0, Buffer.byteLength(text)) }));
  }

  accepts(token: string): boolean {
    this.#presented.fill(0);
    this.#presented.write(token);
    let accepted = false;
    // Every known token is compared, so that the time does not reveal which of them matched.
    for (const { text, bytes } of this.#known)
      // By the padding alone, a token would equal the same one with NUL bytes after it.
      if (timingSafeEqual(bytes, this.#presented) && text.length === token.length) accepted = true;
    return accepted;
  }
}
