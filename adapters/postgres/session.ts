import { Socket } from 'node:net';
import type { Client } from 'pg';
import type { Clock, Timer } from '../../application/ports/clock.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import type { TlsAttempt } from './postgres-tls.ts';

export interface SessionOptions {
  /** A literal address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsAttempt;
  /** `application_name`, by which an operator finds the session, and we its process. */
  readonly name: string;
}

export interface Statement {
  /** Named statements are parsed once per session. */
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

/**
 * What a session needs, whatever the server's defaults. It is sent in the first packet: through a pooler, a SET would
 * remain for other clients. The server itself ends the session of a client that vanished.
 */
const SETTINGS = {
  default_transaction_isolation: 'read committed',
  lock_timeout: '1000',
  statement_timeout: '3000',
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '15000',
};
const OPTIONS = Object.entries(SETTINGS)
  .map(([name, value]) => `-c ${name}=${value.replace(' ', '\\ ')}`)
  .join(' ');

/** For the connection, TLS and authentication together. */
const DIAL_TIMEOUT_MS = 3000;
/** A little longer than the server's limit for a statement: a later answer will not come. */
const ANSWER_TIMEOUT_MS = 3500;
const LOOKS = 5;
/** The longest that a stop waits for a hanging server. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * One connection to PostgreSQL, never reused: any doubt ends it, and another one is dialled. The caller must run one
 * statement at a time. None is ever cancelled: a cancel may arrive during the commit, and the statement be stored
 * silently.
 */
export class Session {
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #clock: Clock;
  /** Resolves with the reason when it has ended. */
  readonly closed: Promise<string>;
  #reason: string | undefined;
  #isOver = false;
  #wasSilent = false;

  private constructor(client: Client, socket: Socket, clock: Clock) {
    this.#client = client;
    this.#socket = socket;
    this.#clock = clock;
    // The end of a session has its own event; without a listener for this one the process would crash.
    client.on('error', (error) => (this.#reason ??= messageOf(error)));
    this.closed = new Promise((resolve) => {
      client.once('end', () => {
        this.#isOver = true;
        resolve(this.#reason ?? 'the connection was closed');
      });
    });
  }

  /** @throws the reason why there is no session: unreachable, TLS, credentials, the server's error */
  static async open(options: SessionOptions, clock: Clock): Promise<Session> {
    // Imported here, because it is large and of no use with another log.
    const { default: pg } = await import('pg');
    const { host, port, user, password, database, tls, name } = options;
    const socket = new Socket();
    // Everything is given here: the client takes the rest from the variables of psql, or from ~/.pgpass.
    const client = new pg.Client({
      host,
      port,
      user,
      password: () => password ?? '',
      database,
      ssl: tls,
      sslnegotiation: 'postgres',
      options: OPTIONS,
      application_name: name,
      client_encoding: 'UTF8',
      stream: () => socket,
    });
    const session = new Session(client, socket, clock);
    const timer = clock.after(DIAL_TIMEOUT_MS, () =>
      socket.destroy(new Error(`sent nothing within ${DIAL_TIMEOUT_MS} ms`)),
    );
    try {
      await client.connect();
      return session;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      timer.cancel();
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it was ended because it did not answer. */
  get wasSilent(): boolean {
    return this.#wasSilent;
  }

  /** They may arrive at any time, also between a statement's end and its answer here. */
  onNotification(take: (channel: string, payload: string) => void): void {
    this.#client.on('notification', ({ channel, payload }) => take(channel, payload ?? ''));
  }

  /**
   * Runs a statement and returns its rows. If it is not answered in time, the session ends.
   *
   * @throws the server's error, or that the session has ended
   */
  async query(statement: Statement, timeoutMs = ANSWER_TIMEOUT_MS): Promise<readonly Row[]> {
    // The client would wait for an answer although it knows that the connection is lost.
    if (this.#isOver) throw new Error('the session has ended');
    const watch = this.#watch(timeoutMs);
    try {
      // Several statements in one text give an array of results, which has no rows itself.
      const result: { readonly rows?: readonly Row[] } = await this.#client.query<Row>(statement);
      return result.rows ?? [];
    } finally {
      watch.cancel();
    }
  }

  /** Ends it at once. The reset discards whatever the network has not delivered yet. */
  end(reason: string): void {
    this.#reason ??= reason;
    // A Unix socket has no reset.
    if (this.#socket.remoteAddress === undefined) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Says goodbye to the server; without an answer it is ended after a while. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#reason ??= 'closed';
    const timer = this.#clock.after(CLOSE_TIMEOUT_MS, () => this.end('closed'));
    this.#client.end().catch(() => undefined);
    await this.closed;
    timer.cancel();
  }

  /**
   * Counts looks, not milliseconds: after a standstill of this process the first look comes before the data waiting in
   * the socket, and counts once however long the standstill was.
   */
  #watch(timeoutMs: number): Timer {
    let looks = 0;
    let timer: Timer;
    const look = (): void => {
      timer = this.#clock.after(timeoutMs / LOOKS, () => {
        if (++looks < LOOKS) return look();
        this.#wasSilent = true;
        this.end(`gave no answer within ${timeoutMs} ms`);
      });
    };
    look();
    return { cancel: () => timer.cancel() };
  }
}
