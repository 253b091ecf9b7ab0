import { connect, type ConnectionOptions, type NatsConnection, type TlsOptions } from '@nats-io/transport-node';
import { isIP } from 'node:net';
import type { Clock } from '../../application/ports/clock.ts';
import { type NatsFiles, type NatsIdentity, readNatsFiles } from './nats-files.ts';
import type { NatsAddress, NatsCredentials } from './nats-url.ts';
import { findServer, shuffled } from './server-info.ts';

/** The client's default of 20 s cost 25 s after a network that swallows packets. */
const DIAL_TIMEOUT_MS = 3000;
/** Two unanswered pings end a connection, so a network that swallows everything is noticed in 15 s. */
const PING_INTERVAL_MS = 5000;
/** More nodes than a cluster has; if there are more, any of them will do. */
const MAX_GOSSIPED = 64;

interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Connects to NATS. A connection is never reused after a drop: the client's own reconnecting is off. It would publish
 * what it buffered on its return, however late, and undo what was stored in between; here everything in flight is lost
 * with the connection. And the errors of its first connect would not be reported.
 *
 * `nats://` is in clear text unless the server requires TLS. `tls://`, or files for TLS, always mean TLS.
 */
export class Dialer {
  readonly #address: NatsAddress;
  readonly #files: NatsFiles;
  readonly #surroundings: Surroundings;
  /** Nodes of the cluster that the servers named, so that we can reconnect when those of the URL are gone. */
  #gossiped: readonly string[] = [];

  constructor(address: NatsAddress, files: NatsFiles, surroundings: Surroundings) {
    this.#address = address;
    this.#files = files;
    this.#surroundings = surroundings;
  }

  /** @throws the reason why no server could be used: files, unreachable, not NATS, TLS, credentials */
  async dial(): Promise<NatsConnection> {
    const identity = readNatsFiles(this.#files);
    if ('invalid' in identity) throw new Error(identity.invalid.map(({ name, what }) => `${name} ${what}`).join('; '));
    const { clock, random } = this.#surroundings;
    const servers = shuffled([...new Set([...this.#address.servers, ...this.#gossiped])], random);
    const server = await findServer(servers, { timeoutMs: DIAL_TIMEOUT_MS, clock, random });
    const isSecure = this.#address.tls || identity.tls !== undefined || server.tlsRequired;
    // Certificates are for names, and gossip is of addresses: with TLS only the servers of the URL are dialled.
    if (!isSecure) this.#gossiped = server.others.slice(0, MAX_GOSSIPED);
    return connect({
      name: 'halyard',
      servers: [server.listen],
      reconnect: false,
      ignoreClusterUpdates: true,
      timeout: DIAL_TIMEOUT_MS,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: 2,
      // 50 % more publishes a second: no stack trace per request.
      noAsyncTraces: true,
      ...credentialsFor(this.#address.credentials, identity),
      // Null and not undefined, with which the client would use TLS that is only offered, and check a name for it.
      tls: isSecure ? tlsFor(server.host, identity) : null,
    });
  }
}

/** A server that still answers a ping only refused or delayed a request: keep its connection. */
export async function answersPing(connection: NatsConnection, timeoutMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(timeoutMs, () => resolve(false));
    const settle = (answered: boolean) => {
      timer.cancel();
      resolve(answered);
    };
    connection.flush().then(
      () => settle(true),
      () => settle(false),
    );
  });
}

function credentialsFor(
  credentials: NatsCredentials | undefined,
  { authenticator }: NatsIdentity,
): Pick<ConnectionOptions, 'token' | 'user' | 'pass' | 'authenticator'> {
  if (authenticator !== undefined) return { authenticator };
  if (credentials?.kind === 'token') return { token: credentials.token };
  return credentials === undefined ? {} : { user: credentials.user, pass: credentials.pass };
}

function tlsFor(host: string, { tls }: NatsIdentity): TlsOptions {
  // The client passes these to Node's TLS unchanged. An address has no SNI, but its certificate is still checked.
  const options: TlsOptions & { readonly host: string; readonly servername?: string } = {
    ...tls,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  return options;
}
