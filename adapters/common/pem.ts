import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What is wrong with a PEM text of certificates. Node silently ignores an authority that it cannot read. */
export function certificateMistake(text: string): string | undefined {
  const certificates = text.match(CERTIFICATE) ?? [];
  const isGood = certificates.length > 0 && certificates.every((pem) => succeeds(() => new X509Certificate(pem)));
  return isGood ? undefined : 'holds no PEM certificate, or one that cannot be read';
}

/** What is wrong with a PEM text of a private key. */
export function keyMistake(text: string): string | undefined {
  return succeeds(() => createPrivateKey(text)) ? undefined : 'does not hold a PEM key without a password';
}

/** What is wrong with a key for a certificate, both of which can be read. */
export function pairMistake(cert: string, key: string, nameOfCert: string): string | undefined {
  const belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  if (!belongs) return `holds a key that does not match ${nameOfCert}`;
  return succeeds(() => createSecureContext({ cert, key })) ? undefined : `cannot be used for TLS with ${nameOfCert}`;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
