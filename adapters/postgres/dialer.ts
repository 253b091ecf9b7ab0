import { lookup } from 'node:dns/promises';
import type { Clock } from '../../application/ports/clock.ts';
import { formatHostPort, type HostPort } from '../common/host-port.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import { readTlsFiles, type TlsAttempt, tlsAttempts } from './postgres-tls.ts';
import type { PostgresAddress } from './postgres-url.ts';
import { type ServerFacts, serverFacts, startUpReason } from './server-facts.ts';
import { Session } from './session.ts';

export interface Dialled {
  readonly session: Session;
  readonly facts: ServerFacts;
  /** Which host of the URL it is. */
  readonly server: string;
}

/** A host, by one of its addresses and in one of the ways that its `sslmode` allows. */
interface Candidate extends HostPort {
  readonly server: string;
  readonly tls: TlsAttempt;
}

/** The server requires another kind of connection, or has no TLS: the second way of `prefer` and `allow` may work. */
const REFUSALS = /does not support SSL|no pg_hba\.conf entry|SSL connection|wrong version number/i;

/** Finds a server of the URL that can be written to, and begins a session there. */
export class Dialer {
  readonly #address: PostgresAddress;
  readonly #clock: Clock;
  /** The last good server is tried first: others may be standbys, or swallow packets. */
  #last = '';

  constructor(address: PostgresAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /**
   * @param name for `application_name`
   * @throws the reason for each host, if none could be used
   */
  async dial(name: string): Promise<Dialled> {
    const files = readTlsFiles(this.#address.tls);
    if ('invalid' in files) throw new Error(files.invalid.map((mistake) => `POSTGRES_URL ${mistake}`).join('; '));
    const hosts = [...this.#address.hosts].sort((a, b) => this.#rank(a) - this.#rank(b));
    const reasons: string[] = [];
    for (const host of hosts) {
      const server = formatHostPort(host);
      try {
        const ways = tlsAttempts(host.host, this.#address.tls, files);
        const dialled = await this.#dialHost({ ...host, server }, ways, name);
        this.#last = server;
        return dialled;
      } catch (error) {
        reasons.push(`${server} ${messageOf(error)}`);
      }
    }
    throw new Error(reasons.join('; '));
  }

  #rank(host: HostPort): number {
    return formatHostPort(host) === this.#last ? 0 : 1;
  }

  /** A name may resolve to several servers, some of them down or standbys. */
  async #dialHost(host: Omit<Candidate, 'tls'>, ways: readonly TlsAttempt[], name: string): Promise<Dialled> {
    let reason: unknown;
    for (const address of await addressesOf(host.host)) {
      try {
        return await this.#dialAddress({ ...host, host: address }, ways, name);
      } catch (error) {
        reason = error;
      }
    }
    throw reason;
  }

  async #dialAddress(host: Omit<Candidate, 'tls'>, ways: readonly TlsAttempt[], name: string): Promise<Dialled> {
    const [first, second] = ways;
    try {
      return await this.#begin({ ...host, tls: first ?? false }, name);
    } catch (error) {
      if (second === undefined || !REFUSALS.test(messageOf(error))) throw error;
      return this.#begin({ ...host, tls: second }, name);
    }
  }

  async #begin({ host, port, server, tls }: Candidate, name: string): Promise<Dialled> {
    const { user, password, database } = this.#address;
    const session = await Session.open({ host, port, user, password, database, tls, name }, this.#clock).catch(
      (error: unknown) => {
        throw new Error(startUpReason(messageOf(error)));
      },
    );
    try {
      return { session, facts: await serverFacts(session), server };
    } catch (error) {
      session.end('cannot be used');
      throw error;
    }
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (host.startsWith('/')) return [host];
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
