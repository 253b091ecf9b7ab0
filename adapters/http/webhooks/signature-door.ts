import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { ChangeDoor } from '../../../application/ports/change-door.ts';
import type { Changes } from '../../../application/ports/changes.ts';

export interface SignedBody {
  /** As it was sent: decoding it and encoding it again may not give the same bytes. */
  readonly body: Uint8Array;
  /** As it was sent; empty if there was none. */
  readonly signature: string;
}

const DIGEST = /^[0-9a-f]{64}$/i;
const DIGEST_BYTES = 32;

/**
 * Lets in callers that know a secret: they send the HMAC-SHA256 of the body's bytes, in hexadecimal digits of either
 * case.
 */
export class SignatureDoor implements ChangeDoor<SignedBody> {
  readonly #keys: readonly KeyObject[];
  readonly #changes: Changes;

  constructor(secrets: readonly string[], changes: Changes) {
    this.#keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
    this.#changes = changes;
  }

  enter({ body, signature }: SignedBody): Changes | undefined {
    const isDigest = DIGEST.test(signature);
    // A malformed signature is compared, too, so that every refusal takes the same time.
    const presented = isDigest ? Buffer.from(signature, 'hex') : Buffer.alloc(DIGEST_BYTES);
    let isRight = false;
    // Every secret is tried, so that the time does not reveal which of them is in use.
    for (const key of this.#keys) {
      const expected = createHmac('sha256', key).update(body).digest();
      if (timingSafeEqual(presented, expected) && isDigest) isRight = true;
    }
    return isRight ? this.#changes : undefined;
  }
}
