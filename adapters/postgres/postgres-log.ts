import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type {
  AppendOptions,
  AppendOutcome,
  LogFollower,
  LogStatus,
  UpdateLog,
} from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { messageOf } from '../common/message-of.ts';
import { Waiting } from '../common/waiting.ts';
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

interface Surroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

/** Between two tries of anything: often enough to be back at once, with jitter so that a fleet does not come together. */
const RETRY_MS = 250;
const JITTER_MS = 250;
/** What lived longer than this is replaced at once: its end is not the failure of a try, which takes less. */
const LIVED_MS = 4000;
/** Every change wakes the wait for one: this is only its longest turn. */
const CHANGE_WAIT_MS = 10_000;
/** Old rows are removed so often, and after a shorter while where there are more. */
const REMOVE_EVERY_MS = 600_000;
const REMOVE_AGAIN_MS = 1000;
/** Errors come in the server's words: enough to read, too little to fill a log. */
const MAX_REASON_LENGTH = 300;

/** The session that appends, with what it appends to. */
interface Writer {
  readonly session: Session;
  readonly appender: Appender;
}

/**
 * The log on PostgreSQL: a row for each environment, and a notification for each update. It holds two sessions. One
 * appends, and is replaced when it ends. The other one listens, and its life is an epoch.
 */
export class PostgresLog implements UpdateLog {
  readonly #retentionMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  readonly #random: () => number;
  readonly #dialer: Dialer;
  readonly #table: UpdateTable;
  /** By it a new session finds the process of the one before it, and an operator finds both. */
  readonly #name: string;

  #writer: Writer | undefined;
  #lastWriterPid: number | undefined;
  #tableState: TableState | undefined;
  #follower: LogFollower | undefined;
  #epoch: TailEpoch | undefined;
  #epochs = 0;
  #warned = '';
  #started = false;
  /** For a writer, a follower or the end. */
  readonly #waiting: Waiting;

  constructor(options: PostgresLogOptions, { clock, logger, telemetry, random }: Surroundings) {
    this.#retentionMs = options.retentionMs;
    this.#clock = clock;
    this.#logger = logger;
    this.#telemetry = telemetry;
    this.#random = random;
    this.#dialer = new Dialer(options.address, clock);
    this.#table = new UpdateTable(options.schema, options.retentionMs);
    this.#name = `halyard ${Math.floor(random() * 36 ** 8).toString(36)}`;
    this.#waiting = new Waiting(clock);
  }

  status(): LogStatus {
    return { connected: this.#writer !== undefined, durable: this.#tableState?.logged };
  }

  follow(follower: LogFollower): void {
    if (this.#follower !== undefined) throw new Error('the log has a follower already');
    this.#follower = follower;
    this.#start();
    this.#waiting.changed();
  }

  async append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    this.#start();
    const deadlineMs = this.#clock.monotonicMs() + options.timeoutMs;
    const { firstStoredAtMs } = options;
    let { expectedSequence } = options;
    for (;;) {
      const writer = this.#writer;
      const leftMs = deadlineMs - this.#clock.monotonicMs();
      if (this.#waiting.hasEnded() || leftMs <= 0)
        return { kind: 'unavailable', reason: 'not connected to PostgreSQL' };
      if (writer === undefined || writer.session.isOver) {
        await this.#waiting.change(leftMs);
        // Others may have stored newer ones meanwhile, so it must say now which one it would replace.
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
      if (answer.kind === 'unavailable') this.#failed('append', answer.reason);
      return answer;
    }
  }

  async close(): Promise<void> {
    this.#waiting.end();
    await Promise.all([this.#epoch?.stop(), this.#writer?.session.close()]);
  }

  /** Not in the constructor: a service that cannot bind its port leaves no connection behind. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#keepWriting();
    void this.#keepFollowing();
  }

  async #keepWriting(): Promise<void> {
    while (!this.#waiting.hasEnded()) {
      const startedMs = this.#clock.monotonicMs();
      const dialled = await this.#dial('append');
      if (dialled !== undefined) await this.#write(dialled);
      await this.#retryPauseSince(startedMs);
    }
  }

  /** For as long as the session lives. */
  async #write({ session, facts, server }: Dialled): Promise<void> {
    try {
      if (facts.commitsAsynchronously) await session.query({ text: 'SET synchronous_commit = on' });
      await this.#endPredecessor(session);
      this.#lastWriterPid = facts.pid;
      await this.#prepare(session);
    } catch (error) {
      this.#failed('prepare', messageOf(error));
      session.end('cannot be used');
      return;
    }
    if (this.#waiting.hasEnded()) return session.close();
    const appender = new Appender(session, this.#table, this.#clock, facts.nowMs, () => this.#tableIsMissing());
    const writer = { session, appender };
    this.#writer = writer;
    this.#logger.info('postgres_connected', { server, version: facts.version });
    this.#warn(facts);
    this.#epoch?.senderChanged();
    this.#waiting.changed();
    void this.#keepRemoving(writer);
    const reason = await session.closed;
    this.#writer = undefined;
    this.#waiting.changed();
    if (!this.#waiting.hasEnded())
      this.#logger.warn('postgres_disconnected', { reason: reason.slice(0, MAX_REASON_LENGTH) });
  }

  /** It may still hold the row of an append that nobody waits for any more. Where it is gone, nothing is found. */
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
    if (state.made) this.#logger.info('postgres_table_made', { table: this.#table.channel });
    this.#tableState = state;
    return state;
  }

  #tableIsMissing(): void {
    this.#writer?.appender
      .errand((session) => this.#prepare(session))
      .catch((error: unknown) => this.#failed('prepare', messageOf(error)));
  }

  /** One epoch after the other, each with a session of its own. */
  async #keepFollowing(): Promise<void> {
    while (!this.#waiting.hasEnded()) {
      const [writer, follower] = [this.#writer, this.#follower];
      if (writer === undefined || follower === undefined) {
        await this.#waiting.change(CHANGE_WAIT_MS);
        continue;
      }
      const startedMs = this.#clock.monotonicMs();
      await this.#oneEpoch(writer, follower);
      await this.#retryPauseSince(startedMs);
    }
  }

  async #oneEpoch(writer: Writer, follower: LogFollower): Promise<void> {
    let state: TableState;
    try {
      state = await writer.appender.errand((session) => this.#prepare(session));
    } catch (error) {
      if (!this.#waiting.hasEnded()) this.#failed('prepare', messageOf(error));
      return;
    }
    const dialled = await this.#dial('listen');
    if (dialled === undefined) return;
    if (this.#waiting.hasEnded()) return dialled.session.close();
    const epoch = new TailEpoch({
      session: dialled.session,
      table: this.#table,
      file: state.file,
      follower,
      epoch: ++this.#epochs,
      keptMs: this.#retentionMs,
      clock: this.#clock,
      random: this.#random,
      notify: (payload) => this.#notify(payload),
      skipped: (reason) => {
        this.#telemetry.messageSkipped(reason);
        this.#telemetry.logError('read');
        this.#logger.warn('postgres_message_skipped', { reason }, reason);
      },
    });
    this.#epoch = epoch;
    const { reason, error } = await epoch.run();
    this.#epoch = undefined;
    if (this.#waiting.hasEnded()) return;
    const why = reason === 'unproved' ? `${dialled.server} ${POOLER}` : error;
    this.#failed('read', why === undefined ? reason : `${reason}: ${messageOf(why)}`);
  }

  /** A proof that is not sent does not arrive, which ends the epoch. */
  #notify(payload: string): void {
    this.#writer?.appender.errand((session) => session.query(this.#table.notify(payload))).catch(() => undefined);
  }

  async #keepRemoving({ session, appender }: Writer): Promise<void> {
    let waitMs = this.#random() * REMOVE_EVERY_MS;
    for (;;) {
      await this.#waiting.pause(waitMs);
      if (this.#waiting.hasEnded() || session.isOver) return;
      waitMs = REMOVE_EVERY_MS;
      try {
        const removed = await appender.errand((ours) => ours.query(this.#table.remove()));
        if (removed.length === REMOVED_AT_ONCE) waitMs = REMOVE_AGAIN_MS;
      } catch (error) {
        this.#failed('remove', messageOf(error));
      }
    }
  }

  async #dial(role: 'append' | 'listen'): Promise<Dialled | undefined> {
    try {
      return await this.#dialer.dial(this.#nameOf(role));
    } catch (error) {
      this.#failed('connect', messageOf(error));
      return undefined;
    }
  }

  #nameOf(role: 'append' | 'listen'): string {
    return `${this.#name} ${role}`;
  }

  /** Once for each of the things that can be wrong, and again when they change. */
  #warn({ commitsAsynchronously, skipsDisk }: Dialled['facts']): void {
    const effects = [
      commitsAsynchronously ? 'synchronous_commit is off: it is on for our own sessions' : '',
      skipsDisk ? 'fsync is off: a crash of the machine may lose everything' : '',
      this.#tableState?.logged === false ? 'the table is unlogged: a crash of PostgreSQL empties it' : '',
    ].filter(Boolean);
    if (effects.join() === this.#warned) return;
    this.#warned = effects.join();
    if (effects.length > 0) this.#logger.warn('postgres_not_durable', { effects });
  }

  #failed(operation: PostgresOperation, reason: string): void {
    this.#telemetry.logError(operation);
    const said = reason.slice(0, MAX_REASON_LENGTH);
    this.#logger.warn('postgres_error', { operation, reason: said }, `${operation} ${said}`);
  }

  async #retryPauseSince(startedMs: number): Promise<void> {
    if (this.#clock.monotonicMs() - startedMs < LIVED_MS)
      await this.#waiting.pause(RETRY_MS + this.#random() * JITTER_MS);
  }
}
