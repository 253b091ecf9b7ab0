import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../../application/ports/message-of.ts';
import { readSmallFile } from '../common/small-file.ts';

/** The paths of a certificate chain and of its key, both in PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A chain and a key that belong together. */
export interface TlsPair {
  /** PEM: the server's own certificate first, and behind each the one that issued it. */
  readonly cert: string;
  readonly key: string;
  /** Of the server's own certificate. */
  readonly subject: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface TlsFileMistake {
  readonly name: 'TLS_CERT_FILE' | 'TLS_KEY_FILE';
  /** Words that follow the name; without any of the file's content. */
  readonly what: string;
}

/** The curves for which uWebSockets.js finishes a handshake. With some others it accepts the key, and then fails each. */
const CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Also one without an end, as in a file that is being written. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*(-----END CERTIFICATE-----)?/g;

/**
 * Reads both files and checks that TLS can be served with them on every transport. uWebSockets.js gives no reason for
 * a refusal, and accepts some pairs with which each handshake fails.
 *
 * @returns their contents, or every mistake in them
 */
export function readTlsFiles(files: TlsFiles): TlsPair | { readonly invalid: readonly TlsFileMistake[] } {
  const invalid: TlsFileMistake[] = [];
  const mistake = (name: TlsFileMistake['name'], wrong: string): void => {
    invalid.push({ name, what: `${wrong}: ${name === 'TLS_CERT_FILE' ? files.certFile : files.keyFile}` });
  };
  const [cert, key] = [readSmallFile(files.certFile), readSmallFile(files.keyFile)];
  const chain = 'wrong' in cert ? cert.wrong : certificatesIn(cert.text);
  const own = 'wrong' in key ? key.wrong : keyIn(key.text);
  if (typeof chain === 'string') mistake('TLS_CERT_FILE', chain);
  if (typeof own === 'string') mistake('TLS_KEY_FILE', own);
  if (typeof chain === 'string' || typeof own === 'string' || 'wrong' in cert || 'wrong' in key) return { invalid };
  const [leaf] = chain;
  const belongsTo = chain.findIndex((certificate) => certificate.checkPrivateKey(own));
  if (belongsTo < 0) mistake('TLS_KEY_FILE', 'holds a key that does not match TLS_CERT_FILE');
  else if (belongsTo > 0)
    mistake('TLS_CERT_FILE', `must begin with the certificate of TLS_KEY_FILE, which is number ${belongsTo + 1} in it`);
  else {
    const wrong = chainMistake(chain) ?? contextMistake(cert.text, key.text);
    if (wrong !== undefined) mistake('TLS_CERT_FILE', wrong);
  }
  if (invalid.length > 0) return { invalid };
  return {
    cert: cert.text,
    key: key.text,
    subject: leaf.subject,
    notBeforeMs: Date.parse(leaf.validFrom),
    notAfterMs: Date.parse(leaf.validTo),
  };
}

/** Whether the files hold this pair at the moment. */
export function haveThePair({ certFile, keyFile }: TlsFiles, pair: Pick<TlsPair, 'cert' | 'key'>): boolean {
  const [cert, key] = [readSmallFile(certFile), readSmallFile(keyFile)];
  return 'text' in cert && 'text' in key && cert.text === pair.cert && key.text === pair.key;
}

/** At least one certificate, or what is wrong. */
function certificatesIn(text: string): readonly [X509Certificate, ...X509Certificate[]] | string {
  const certificates: X509Certificate[] = [];
  for (const [position, pem] of (text.match(CERTIFICATE) ?? []).entries()) {
    try {
      certificates.push(new X509Certificate(pem));
    } catch {
      return `holds a certificate that cannot be read, number ${position + 1}`;
    }
  }
  const [leaf, ...others] = certificates;
  return leaf === undefined ? 'holds no PEM certificate' : [leaf, ...others];
}

function keyIn(text: string): KeyObject | string {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    return /ENCRYPTED/.test(text) ? 'must not have a password' : 'holds no PEM key';
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const isServed = type === 'rsa' || type === 'ed25519' || (type === 'ec' && CURVES.includes(details?.namedCurve));
  return isServed ? key : 'holds an unsupported kind of key: expected RSA, P-256, P-384, P-521 or Ed25519';
}

function chainMistake(chain: readonly X509Certificate[]): string | undefined {
  for (const [position, certificate] of chain.slice(0, -1).entries()) {
    const next = chain[position + 1];
    if (next !== undefined && certificate.checkIssued(next) && certificate.verify(next.publicKey)) continue;
    const [number, after] = [position + 1, position + 2];
    return `is out of order or incomplete: certificate ${after} did not issue certificate ${number}`;
  }
  return undefined;
}

function contextMistake(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return `cannot be used for TLS with TLS_KEY_FILE (${messageOf(error)})`;
  }
}
