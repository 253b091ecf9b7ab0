import { type Authenticator, credsAuthenticator, type TlsOptions } from '@nats-io/transport-node';
import { certificateMistake, keyMistake, pairMistake } from '../common/pem.ts';
import { readSmallFile } from '../common/small-file.ts';
import { fieldsOf } from '../common/untrusted.ts';

/** The paths of certificates and credentials, under the variables that name them: errors say which it is. */
export type NatsFiles = Readonly<Partial<Record<NatsFileVariable, string>>>;
export type NatsFileVariable = 'NATS_CA_FILE' | 'NATS_CERT_FILE' | 'NATS_KEY_FILE' | 'NATS_CREDS_FILE';

export interface NatsFileMistake {
  readonly name: NatsFileVariable;
  /** Worded to follow the name; without any part of the file's content. */
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
    const wrong = pairMistake(cert, key, 'NATS_CERT_FILE');
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

/** What is wrong with each text; undefined: nothing. */
const CHECKS: Readonly<Record<NatsFileVariable, (text: string) => string | undefined>> = {
  NATS_CA_FILE: certificateMistake,
  NATS_CERT_FILE: certificateMistake,
  NATS_KEY_FILE: keyMistake,
  NATS_CREDS_FILE: credentialsMistake,
};

function credentialsMistake(text: string): string | undefined {
  try {
    const shown = authenticatorOf(text)('nonce');
    if (typeof shown !== 'object' || !('jwt' in shown)) return NO_CREDENTIALS;
    const payload = Buffer.from(shown.jwt.split('.')[1] ?? '', 'base64url').toString();
    const subject = fieldsOf(JSON.parse(payload))?.sub;
    return subject === shown.nkey ? undefined : 'holds a seed that does not match its JWT';
  } catch {
    return NO_CREDENTIALS;
  }
}

const NO_CREDENTIALS = 'does not hold credentials: expected a JWT and its seed, as nsc writes them';

function authenticatorOf(creds: string): Authenticator {
  // The client requires line ends without carriage returns, and one after the last line; editors differ in both.
  return credsAuthenticator(new TextEncoder().encode(`${creds.replaceAll('\r\n', '\n')}\n`));
}
