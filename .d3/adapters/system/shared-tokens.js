import { timingSafeEqual } from 'node:crypto';
/**
 * Compares in constant time: every token is laid out in as many bytes as the longest known one and one more, so the
 * time tells neither where a guess went wrong nor how long a known one is. A digest would do the same, and show
 * in the rate of changes.
 */
export class SharedTokens {
    #known;
    #presented;
    constructor(tokens) {
        const width = Math.max(...tokens.map((token) => Buffer.byteLength(token))) + 1;
        this.#presented = Buffer.alloc(width);
        this.#known = tokens.map((text) => ({ text, bytes: Buffer.alloc(width).fill(text, 0, Buffer.byteLength(text)) }));
    }
    accepts(token) {
        this.#presented.fill(0);
        this.#presented.write(token);
        let accepted = false;
        // Every known token is compared, so that the time does not tell which of them matched.
        for (const { text, bytes } of this.#known)
            // The padding alone could not tell a token from the same one with NUL bytes after it.
            if (timingSafeEqual(bytes, this.#presented) && text.length === token.length)
                accepted = true;
        return accepted;
    }
}
//# sourceMappingURL=shared-tokens.js.map