import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { certificateMistake, keyMistake, pairMistake } from '../common/pem.ts';
import { readSmallFile } from '../common/small-file.ts';
import type { TlsChoice } from './postgres-url.ts';

/** The current content of the files of the URL. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the files and checks that they can be used. This happens again for each connection, because certificates are
 * replaced while the service runs.
 *
 * @returns what they hold, or every mistake in them
 */
export function readTlsFiles({ rootCert, cert, key }: TlsChoice): TlsFiles | { readonly invalid: readonly string[] } {
  const invalid: string[] = [];
  const read = (name: string, path: string | undefined, mistake: (text: string) => string | undefined) => {
    if (path === undefined) return undefined;
    const file = readSmallFile(path);
    const wrong = 'wrong' in file ? file.wrong : mistake(file.text);
    if (wrong !== undefined) invalid.push(`has an ${name} that ${wrong}: ${path}`);
    return 'text' in file ? file.text : undefined;
  };
  const texts = {
    ca: read('sslrootcert', rootCert === 'system' ? undefined : rootCert, certificateMistake),
    cert: read('sslcert', cert, certificateMistake),
    key: read('sslkey', key, keyMistake),
  };
  if (invalid.length === 0 && texts.cert !== undefined && texts.key !== undefined) {
    const wrong = pairMistake(texts.cert, texts.key, 'sslcert');
    if (wrong !== undefined) invalid.push(`has an sslkey that ${wrong}: ${key}`);
  }
  if (invalid.length > 0) return { invalid };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}

/** One way to connect; `false`: in clear text. */
export type TlsAttempt = ConnectionOptions | false;

/**
 * The ways to connect to a host, as in libpq for each mode: the second is for a server that refuses the first.
 *
 * @param host as in the URL: the name that a certificate must contain with `verify-full`
 */
export function tlsAttempts(host: string, { mode, rootCert }: TlsChoice, files: TlsFiles): readonly TlsAttempt[] {
  // A Unix socket has no TLS.
  if (mode === 'disable' || host.startsWith('/')) return [false];
  const secure: ConnectionOptions = {
    ...files,
    host,
    // An address has no SNI, but its certificate is still checked.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: mode.startsWith('verify-') || (mode === 'require' && rootCert !== undefined),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
  if (mode === 'prefer') return [secure, false];
  return mode === 'allow' ? [false, secure] : [secure];
}
