import type {
  AppendOptions,
  AppendOutcome,
  LogFollower,
  LogStatus,
  UpdateLog,
} from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import { LogLife, type LogSurroundings, shortReason } from '../common/log-life.ts';
import { Appender } from './appender.ts';
import { type Dialled, Dialer } from './dialer.ts';
import type { PostgresOperation } from './postgres-labels.ts';
import type { PostgresSettings } from './postgres-settings.ts';
import { POOLER } from './server-facts.ts';
import type { Session } from './session.ts';
import { TailEpoch } from './tail-epoch.ts';
import { REMOVED_AT_ONCE, type TableState, UpdateTable } from './update-table.ts';

export interface PostgresLogOptions extends PostgresSettings {
  readonly retentionMs: number;
}

/** A failed try ends sooner: a proof that does not arrive is given up after three seconds. */
const LIVED_MS = 4000;
/** The longest single wait: every change wakes it. */
const CHANGE_WAIT_MS = 10_000;
/** How often old rows are removed; the shorter pause is for when more are left. */
const REMOVE_EVERY_MS = 600_000;
const REMOVE_AGAIN_MS = 1000;

/** The session that appends, with what it appends to. */
interface Writer {
  readonly session: Session;
  readonly appender: Appender;
}

/**
 * The log on PostgreSQL: a row for each environment, and a notification for each update. It holds two sessions. One
 * appends, and is replaced when it ends. The other listens, and lives for one epoch.
 */
export class PostgresLog implements UpdateLog {
  readonly #retentionMs: number;
  readonly #surroundings: LogSurroundings;
  readonly #life: LogLife<PostgresOperation>;
  readonly #dialer: Dialer;
  readonly #table: UpdateTable;
  /** By this name a new session finds the process of the previous one, and an operator finds both. */
  readonly #name: string;

  #writer: Writer | undefined;
  #lastWriterPid: number | undefined;
  #tableState: TableState | undefined;
  #epoch: TailEpoch | undefined;
  #warned = '';

  constructor(options: PostgresLogOptions, surroundings: LogSurroundings) {
    this.#retentionMs = options.retentionMs;
    this.#surroundings = surroundings;
    this.#dialer = new Dialer(options.address, surroundings.clock);
    this.#table = new UpdateTable(options.schema, options.retentionMs);
    this.#name = `halyard ${Math.floor(surroundings.random() * 36 ** 8).toString(36)}`;
    this.#life = new LogLife(surroundings, {
      livedMs: LIVED_MS,
      begin: () => {
        void this.#keepWriting();
        void this.#keepFollowing();
      },
      warnFailed: (fields, kind) => surroundings.logger.warn('postgres_error', fields, kind),
      warnSkipped: (fields, kind) => surroundings.logger.warn('postgres_message_skipped', fields, kind),
    });
  }

  status(): LogStatus {
    return { connected: this.#writer !== undefined, durable: this.#tableState?.logged };
  }

  follow(follower: LogFollower): void {
    this.#life.follow(follower);
  }

  async append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    this.#life.begin();
    const { clock } = this.#surroundings;
    const deadlineMs = clock.monotonicMs() + options.timeoutMs;
    const { firstStoredAtMs } = options;
    let { expectedSequence } = options;
    for (;;) {
      const writer = this.#writer;
      const leftMs = deadlineMs - clock.monotonicMs();
      if (this.#life.hasEnded() || leftMs <= 0) return { kind: 'unavailable', reason: 'not connected to PostgreSQL' };
      if (writer === undefined || writer.session.isOver) {
        await this.#life.change(leftMs);
        // Others may have stored newer updates meanwhile, so a retry must say which one it replaces.
        if (this.#writer !== undefined && expectedSequence === undefined)
          return { kind: 'unavailable', reason: 'was not connected to PostgreSQL' };
        continue;
      }
      const append = { environment, updatedAt, deadlineMs, expectedSequence, firstStoredAtMs };
      const answer = await writer.appender.append(append);
      if (answer.kind === 'garbage') {
        expectedSequence = answer.sequence;
        continue;
      }
      if (answer.kind === 'stored') this.#epoch?.stored(environment, answer.sequence);
      if (answer.kind === 'unavailable') this.#life.failed('append', answer.reason);
      return answer;
    }
  }

  async close(): Promise<void> {
    this.#life.end();
    await Promise.all([this.#epoch?.stop(), this.#writer?.session.close()]);
  }

  async #keepWriting(): Promise<void> {
    while (!this.#life.hasEnded()) {
      const startedMs = this.#surroundings.clock.monotonicMs();
      const dialled = await this.#dial('append');
      if (dialled !== undefined) await this.#write(dialled);
      await this.#life.retryPauseSince(startedMs);
    }
  }

  /** Runs as long as the session lives. */
  async #write({ session, facts, server }: Dialled): Promise<void> {
    try {
      if (facts.commitsAsynchronously) await session.query({ text: 'SET synchronous_commit = on' });
      await this.#endPredecessor(session);
      this.#lastWriterPid = facts.pid;
      await this.#prepare(session);
    } catch (error) {
      this.#life.failed('prepare', messageOf(error));
      session.end('cannot be used');
      return;
    }
    if (this.#life.hasEnded()) return session.close();
    const appender = new Appender(session, this.#table, this.#surroundings.clock, facts.nowMs, () =>
      this.#tableIsMissing(),
    );
    const writer = { session, appender };
    this.#writer = writer;
    this.#surroundings.logger.info('postgres_connected', { server, version: facts.version });
    this.#warn(facts);
    this.#epoch?.senderChanged();
    this.#life.changed();
    void this.#keepRemoving(writer);
    const reason = await session.closed;
    this.#writer = undefined;
    this.#life.changed();
    if (!this.#life.hasEnded())
      this.#surroundings.logger.warn('postgres_disconnected', { reason: shortReason(reason) });
  }

  /** The previous session may still hold the row of an abandoned append. If it is gone, nothing is found. */
  async #endPredecessor(session: Session): Promise<void> {
    if (this.#lastWriterPid === undefined) return;
    await session.query({
      text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid = $1 AND application_name = $2 AND pid <> pg_backend_pid()`,
      values: [this.#lastWriterPid, this.#nameOf('append')],
    });
  }

  async #prepare(session: Session): Promise<TableState> {
    const state = await this.#table.prepare(session);
    if (state.made) this.#surroundings.logger.info('postgres_table_made', { table: this.#table.channel });
    this.#tableState = state;
    return state;
  }

  #tableIsMissing(): void {
    this.#writer?.appender
      .errand((session) => this.#prepare(session))
      .catch((error: unknown) => this.#life.failed('prepare', messageOf(error)));
  }

  /** Runs one epoch after the other, each with its own session. */
  async #keepFollowing(): Promise<void> {
    while (!this.#life.hasEnded()) {
      const [writer, follower] = [this.#writer, this.#life.follower];
      if (writer === undefined || follower === undefined) {
        await this.#life.change(CHANGE_WAIT_MS);
        continue;
      }
      const startedMs = this.#surroundings.clock.monotonicMs();
      await this.#oneEpoch(writer, follower);
      await this.#life.retryPauseSince(startedMs);
    }
  }

  async #oneEpoch(writer: Writer, follower: LogFollower): Promise<void> {
    let state: TableState;
    try {
      state = await writer.appender.errand((session) => this.#prepare(session));
    } catch (error) {
      if (!this.#life.hasEnded()) this.#life.failed('prepare', messageOf(error));
      return;
    }
    const dialled = await this.#dial('listen');
    if (dialled === undefined) return;
    if (this.#life.hasEnded()) return dialled.session.close();
    const epoch = new TailEpoch({
      session: dialled.session,
      table: this.#table,
      file: state.file,
      follower,
      epoch: this.#life.nextEpoch(),
      keptMs: this.#retentionMs,
      clock: this.#surroundings.clock,
      random: this.#surroundings.random,
      notify: (payload) => this.#notify(payload),
      skipped: (reason) => this.#life.skipped(reason),
    });
    this.#epoch = epoch;
    const { reason, error } = await epoch.run();
    this.#epoch = undefined;
    if (this.#life.hasEnded()) return;
    const why = reason === 'unproved' ? `${dialled.server} ${POOLER}` : error;
    this.#life.failed('read', why === undefined ? reason : `${reason}: ${messageOf(why)}`);
  }

  /** A proof that is not sent cannot arrive, which ends the epoch. */
  #notify(payload: string): void {
    this.#writer?.appender.errand((session) => session.query(this.#table.notify(payload))).catch(() => undefined);
  }

  async #keepRemoving({ session, appender }: Writer): Promise<void> {
    let waitMs = this.#surroundings.random() * REMOVE_EVERY_MS;
    for (;;) {
      await this.#life.pause(waitMs);
      if (this.#life.hasEnded() || session.isOver) return;
      waitMs = REMOVE_EVERY_MS;
      try {
        const removed = await appender.errand((ours) => ours.query(this.#table.remove()));
        if (removed.length === REMOVED_AT_ONCE) waitMs = REMOVE_AGAIN_MS;
      } catch (error) {
        this.#life.failed('remove', messageOf(error));
      }
    }
  }

  async #dial(role: 'append' | 'listen'): Promise<Dialled | undefined> {
    try {
      return await this.#dialer.dial(this.#nameOf(role));
    } catch (error) {
      this.#life.failed('connect', messageOf(error));
      return undefined;
    }
  }

  #nameOf(role: 'append' | 'listen'): string {
    return `${this.#name} ${role}`;
  }

  /** Warns once about everything that is wrong, and again when that changes. */
  #warn({ commitsAsynchronously, skipsDisk }: Dialled['facts']): void {
    const effects = [
      commitsAsynchronously ? 'synchronous_commit is off: Halyard turns it on for its own sessions' : '',
      skipsDisk ? 'fsync is off: a crash of the machine may lose everything' : '',
      this.#tableState?.logged === false ? 'the table is unlogged: a crash of PostgreSQL empties it' : '',
    ].filter(Boolean);
    if (effects.join() === this.#warned) return;
    this.#warned = effects.join();
    if (effects.length > 0) this.#surroundings.logger.warn('postgres_not_durable', { effects });
  }
}
