import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { reasonOf } from '../reason.ts';
import { endpointOf } from './endpoint.ts';
import type { Finding } from './finding.ts';

const TIMEOUT_MS = 5000;
const SOON_DAYS = 14;

/** What connecting shows: whether the address is reachable, its certificate, and the HTTP versions that it offers. */
export interface ConnectionFindings {
  readonly findings: readonly Finding[];
  readonly isReached: boolean;
  /** A token may be sent over it. */
  readonly isTrusted: boolean;
}

export async function examineConnection(url: URL): Promise<ConnectionFindings> {
  const isTls = url.protocol === 'https:';
  const endpoint = endpointOf(url);
  const { host, port } = endpoint;
  const beganMs = performance.now();
  try {
    await connected(connectTcp(endpoint), 'connect');
  } catch (error) {
    const remedy = 'check the name and the port, and look for a firewall in between';
    const saw = `${host}:${port} cannot be reached: ${reasonOf(error)}`;
    return { findings: [{ check: 'reachable', result: 'fault', saw, remedy }], isReached: false, isTrusted: false };
  }
  const reached = finding('reachable', 'ok', `${host}:${port} in ${Math.ceil(performance.now() - beganMs)} ms`);
  if (!isTls) return { findings: [reached, plainText(host)], isReached: true, isTrusted: true };
  try {
    const options = { ...endpoint, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] };
    const socket = connectTls(options);
    const shown = await connected(socket, 'secureConnect', () => ({
      certificate: certificateFinding(socket),
      version: versionFinding(socket.alpnProtocol),
    }));
    const findings = [reached, shown.certificate, shown.version];
    return { findings, isReached: true, isTrusted: shown.certificate.result !== 'fault' };
  } catch (error) {
    const failed = finding(
      'tls',
      'fault',
      `the TLS handshake failed: ${reasonOf(error)}`,
      'check that this port serves TLS',
    );
    return { findings: [reached, failed], isReached: false, isTrusted: false };
  }
}

type Socket = ReturnType<typeof connectTcp>;

function connected(socket: Socket, event: string): Promise<void>;
function connected<T>(socket: Socket, event: string, read: () => T): Promise<T>;
function connected<T>(socket: Socket, event: string, read?: () => T): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer within 5 s')));
    socket.once(event, () => {
      resolve(read?.());
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}

function plainText(host: string): Finding {
  if (/^(localhost|127\.|::1$)/.test(host)) return finding('tls', 'ok', 'plain HTTP, on this machine');
  const remedy = 'put a proxy with a certificate in front, or set TLS_LISTEN_ADDR';
  return finding('tls', 'warning', 'plain HTTP: the network can read keys and the token', remedy);
}

function certificateFinding(socket: TLSSocket): Finding {
  // It is an error code, whatever its type says.
  const wrong = socket.authorizationError as Error | string | null | undefined;
  const certificate = socket.getPeerCertificate();
  const until = new Date(certificate.valid_to);
  if (wrong !== null && wrong !== undefined) {
    const reason = wrong instanceof Error ? ((wrong as NodeJS.ErrnoException).code ?? wrong.message) : wrong;
    const remedy =
      'clients refuse it: for your own authority set NODE_EXTRA_CA_CERTS here, and its equivalent in clients';
    return finding(
      'tls',
      'fault',
      `the certificate is not valid: ${reason} (it expires ${until.toISOString()})`,
      remedy,
    );
  }
  const days = Math.floor((until.getTime() - Date.now()) / 86_400_000);
  const saw = `${socket.getProtocol()}, a certificate that is valid for ${days} days`;
  return days < SOON_DAYS ? finding('tls', 'warning', saw, 'renew it') : finding('tls', 'ok', saw);
}

function versionFinding(alpn: string | false | null): Finding {
  return alpn === 'h2'
    ? finding('http_version', 'ok', 'HTTP/2: the tabs of a browser share a connection')
    : finding('http_version', 'ok', 'HTTP/1.1: a browser opens at most six connections to it, and each tab takes one');
}

function finding(check: Finding['check'], result: Finding['result'], saw: string, remedy?: string): Finding {
  return { check, result, saw, remedy };
}
