import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';

/** The transports that serve HTTP/1.1: the bytes on the wire are the same on each. */
export interface Transport {
  readonly name: string;
  readonly environment: Record<string, string>;
  /** Whether the addon's parser reads the requests: what it refuses, it refuses in its own way. */
  readonly isUws: boolean;
  /** The variable with its addresses. */
  readonly listensBy: 'LISTEN_ADDR' | 'TLS_LISTEN_ADDR';
}

/** A certificate of this process's own. */
function tlsEnvironment(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'halyard-tls-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const { cert, key } = makeCertificate();
  writeFileSync(TLS_CERT_FILE, cert);
  writeFileSync(TLS_KEY_FILE, key, { mode: 0o600 });
  return { TLS_LISTEN_ADDR: '127.0.0.1:0', TLS_CERT_FILE, TLS_KEY_FILE };
}

const NODE = { HTTP1_TRANSPORT: 'node' };
const TLS = tlsEnvironment();

export const TRANSPORTS: readonly Transport[] = [
  { name: 'uWebSockets.js', environment: {}, isUws: true, listensBy: 'LISTEN_ADDR' },
  { name: 'node:http', environment: NODE, isUws: false, listensBy: 'LISTEN_ADDR' },
];

/** Over TLS a service's `port` is a tunnel, so clients need no TLS. */
export const TLS_TRANSPORTS: readonly [Transport, Transport] = [
  { name: 'uWebSockets.js with TLS', environment: TLS, isUws: true, listensBy: 'TLS_LISTEN_ADDR' },
  { name: 'node:http with TLS', environment: { ...NODE, ...TLS }, isUws: false, listensBy: 'TLS_LISTEN_ADDR' },
];

/**
 * For tests that depend on the sockets, and not only on the parser or the routes. On Node's modules, TLS uses one socket
 * for both versions of HTTP, which the tests of HTTP/2 cover; the addon has its own.
 */
export const TRANSPORTS_AND_UWS_TLS: readonly Transport[] = [...TRANSPORTS, TLS_TRANSPORTS[0]];
/** For cheap tests, and for how connections begin and end. */
export const ALL_TRANSPORTS: readonly Transport[] = [...TRANSPORTS, ...TLS_TRANSPORTS];
