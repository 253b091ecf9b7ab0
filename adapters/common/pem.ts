import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** A bundle of all public authorities has a quarter of it. What is longer is the wrong file. */
const MAX_FILE_BYTES = 1 << 20;

/**
 * Reads a file of certificates, keys or credentials. It is synchronous: they are a few small local files.
 *
 * @returns its text, or what is wrong with it in words behind its name, without a piece of what it holds
 */
export function readSmallFile(path: string): { readonly text: string } | { readonly wrong: string } {
  try {
    const found = statSync(path);
    // A pipe may never end, and neither do some devices.
    if (!found.isFile()) return { wrong: 'is not a file' };
    if (found.size > MAX_FILE_BYTES) return { wrong: 'is too long to be one' };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { wrong: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What is wrong with a PEM text of certificates. Node silently ignores an authority that it cannot read. */
export function certificateMistake(text: string): string | undefined {
  const certificates = text.match(CERTIFICATE) ?? [];
  const isGood = certificates.length > 0 && certificates.every((pem) => succeeds(() => new X509Certificate(pem)));
  return isGood ? undefined : 'holds no PEM certificate, or one that cannot be read';
}

/** What is wrong with a PEM text of a private key. */
export function keyMistake(text: string): string | undefined {
  return succeeds(() => createPrivateKey(text)) ? undefined : 'holds no PEM key without a password';
}

/** What is wrong with a key for a certificate; both can be read. */
export function pairMistake(cert: string, key: string, nameOfCert: string): string | undefined {
  const belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  if (!belongs) return `holds the key of another certificate than ${nameOfCert}`;
  return succeeds(() => createSecureContext({ cert, key })) ? undefined : `and ${nameOfCert} cannot be used for TLS`;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
