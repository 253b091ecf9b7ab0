import { type Authenticator, credsAuthenticator, type TlsOptions } from '@nats-io/transport-node';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { readSmallFile } from '../common/small-file.ts';
import { fieldsOf } from './untrusted.ts';

/** The paths of what we and NATS know each other by, under the variables that name them: errors say which it is. */
export type NatsFiles = Readonly<Partial<Record<NatsFileVariable, string>>>;
export type NatsFileVariable = 'NATS_CA_FILE' | 'NATS_CERT_FILE' | 'NATS_KEY_FILE' | 'NATS_CREDS_FILE';

export interface NatsFileMistake {
  readonly name: NatsFileVariable;
  /** In words behind the name; without a piece of what the file holds. */
  readonly what: string;
}

/** What the files hold now. */
export interface NatsIdentity {
  /** Undefined: no file asks for TLS. */
  readonly tls: Pick<TlsOptions, 'ca' | 'cert' | 'key'> | undefined;
  readonly authenticator: Authenticator | undefined;
}

/**
 * Reads the files and checks that they can be used. This happens again for each connection, because certificates and
 * credentials are replaced while the service runs. It is synchronous: they are a few small local files.
 *
 * @returns what they hold, or every mistake in them
 */
export function readNatsFiles(files: NatsFiles): NatsIdentity | { readonly invalid: readonly NatsFileMistake[] } {
  const invalid: NatsFileMistake[] = [];
  const texts: Partial<Record<NatsFileVariable, string>> = {};
  for (const [name, path] of Object.entries(files) as [NatsFileVariable, string][]) {
    const read = readSmallFile(path);
    const wrong = 'wrong' in read ? read.wrong : CHECKS[name](read.text);
    if (wrong !== undefined) invalid.push({ name, what: `${wrong}: ${path}` });
    if ('text' in read) texts[name] = read.text;
  }
  const { NATS_CA_FILE: ca, NATS_CERT_FILE: cert, NATS_KEY_FILE: key, NATS_CREDS_FILE: creds } = texts;
  if (invalid.length === 0 && cert !== undefined && key !== undefined) {
    const wrong = pairMistake(cert, key);
    if (wrong !== undefined) invalid.push({ name: 'NATS_KEY_FILE', what: `${wrong}: ${files.NATS_KEY_FILE}` });
  }
  if (invalid.length > 0) return { invalid };
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
  return {
    tls: Object.keys(tls).length === 0 ? undefined : tls,
    authenticator: creds === undefined ? undefined : authenticatorOf(creds),
  };
}

/** What is wrong with the text of each; undefined: nothing. */
const CHECKS: Readonly<Record<NatsFileVariable, (text: string) => string | undefined>> = {
  NATS_CA_FILE: certificateMistake,
  NATS_CERT_FILE: certificateMistake,
  NATS_KEY_FILE: (text) => (succeeds(() => createPrivateKey(text)) ? undefined : 'holds no PEM key without a password'),
  NATS_CREDS_FILE: credentialsMistake,
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Node silently ignores an authority that it cannot read, and would then trust nobody. */
function certificateMistake(text: string): string | undefined {
  const certificates = text.match(CERTIFICATE) ?? [];
  const isGood = certificates.length > 0 && certificates.every((pem) => succeeds(() => new X509Certificate(pem)));
  return isGood ? undefined : 'holds no PEM certificate, or one that cannot be read';
}

function pairMistake(cert: string, key: string): string | undefined {
  const belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  if (!belongs) return 'holds the key of another certificate than NATS_CERT_FILE';
  return succeeds(() => createSecureContext({ cert, key })) ? undefined : 'and NATS_CERT_FILE cannot be used for TLS';
}

function credentialsMistake(text: string): string | undefined {
  try {
    const shown = authenticatorOf(text)('nonce');
    if (typeof shown !== 'object' || !('jwt' in shown)) return NO_CREDENTIALS;
    const payload = Buffer.from(shown.jwt.split('.')[1] ?? '', 'base64url').toString();
    const subject = fieldsOf(JSON.parse(payload))?.sub;
    return subject === shown.nkey ? undefined : 'holds the seed of another user than its JWT';
  } catch {
    return NO_CREDENTIALS;
  }
}

const NO_CREDENTIALS = 'holds no credentials, which are a JWT and its seed as nsc writes them';

function authenticatorOf(creds: string): Authenticator {
  // The client wants line ends without carriage returns, and one behind the last line, which editors differ about.
  return credsAuthenticator(new TextEncoder().encode(`${creds.replaceAll('\r\n', '\n')}\n`));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
