import { connect, type NatsConnection, type TlsOptions } from '@nats-io/transport-node';
import type { Clock } from '../../application/ports/clock.ts';
import { findGreeting, shuffled } from './greeting.ts';
import type { NatsAddress } from './nats-url.ts';

/** The client's own default of 20 s lost 25 s after a network that swallows packets. */
const DIAL_TIMEOUT_MS = 3000;
const PING_INTERVAL_MS = 5000;
const MAX_GOSSIPED = 64;

/**
 * Dials NATS, one life for each connection: the client's own reconnecting is off. What it buffers while it is down
 * would be published on its return, however late, and undo whatever was stored in between; here a lost connection
 * takes everything that was under way with it. And the errors of its first connect would not be told to anyone.
 */
export class Dialer {
  readonly #address: NatsAddress;
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Nodes of the cluster that the servers named, so that we find back when those of the URL are gone. */
  #gossiped: readonly string[] = [];

  constructor(address: NatsAddress, clock: Clock, random: () => number) {
    this.#address = address;
    this.#clock = clock;
    this.#random = random;
  }

  /** @throws why no server could be used: not reached, not NATS, TLS, credentials */
  async dial(): Promise<NatsConnection> {
    const servers = shuffled([...new Set([...this.#address.servers, ...this.#gossiped])], this.#random);
    const greeting = await findGreeting(servers, {
      timeoutMs: DIAL_TIMEOUT_MS,
      clock: this.#clock,
      random: this.#random,
    });
    // Certificates are for names, and gossip is of addresses: with TLS only the servers of the URL are dialled.
    if (!this.#address.tls && !greeting.tlsRequired) this.#gossiped = greeting.others.slice(0, MAX_GOSSIPED);
    const identity = this.#address.credentials;
    return connect({
      name: 'halyard',
      servers: [greeting.listen],
      reconnect: false,
      ignoreClusterUpdates: true,
      timeout: DIAL_TIMEOUT_MS,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: 2,
      // Half as many publishes a second again: no stack is recorded for each request.
      noAsyncTraces: true,
      ...(identity?.kind === 'token' ? { token: identity.token } : {}),
      ...(identity?.kind === 'user' ? { user: identity.user, pass: identity.pass } : {}),
      ...(this.#address.tls || greeting.tlsRequired ? { tls: tlsFor(greeting.host) } : {}),
    });
  }
}

/** A server that still answers a ping has only refused or delayed a request: its connection is worth keeping. */
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

function tlsFor(host: string): TlsOptions {
  // The client hands these on to Node's TLS as they are. An address has no SNI, but its certificate is checked all the same.
  const options: TlsOptions & { readonly host: string; readonly servername?: string } = host.match(/^[\d.]+$|:/)
    ? { host }
    : { host, servername: host };
  return options;
}
