import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
const DIGEST = /^[0-9a-f]{64}$/i;
const DIGEST_BYTES = 32;
/**
 * Lets in callers that know a secret: they send the HMAC-SHA256 of the body's bytes, in hexadecimal digits of either
 * case.
 */
export class SignatureDoor {
    #keys;
    #changes;
    constructor(secrets, changes) {
        this.#keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
        this.#changes = changes;
    }
    enter({ body, signature }) {
        const isDigest = DIGEST.test(signature);
        // What is malformed is compared all the same, so that every refusal takes the same time.
        const presented = isDigest ? Buffer.from(signature, 'hex') : Buffer.alloc(DIGEST_BYTES);
        let isRight = false;
        // Every secret is tried, so that the time does not say which of them is in use.
        for (const key of this.#keys) {
            const expected = createHmac('sha256', key).update(body).digest();
            if (timingSafeEqual(presented, expected) && isDigest)
                isRight = true;
        }
        return isRight ? this.#changes : undefined;
    }
}
//# sourceMappingURL=signature-door.js.map