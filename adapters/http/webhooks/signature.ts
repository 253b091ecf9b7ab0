import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether a signature is that of a body: the HMAC-SHA256 of its bytes, in hexadecimal digits of either case. The time
 * that the comparison takes says nothing of how a wrong one differs.
 */
export function isSignatureOf(body: Uint8Array, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const isDigest = /^[0-9a-f]{64}$/i.test(signature);
  // What is malformed is compared all the same, so that every refusal takes the same time.
  const presented = isDigest ? Buffer.from(signature, 'hex') : Buffer.alloc(expected.length);
  return timingSafeEqual(presented, expected) && isDigest;
}
