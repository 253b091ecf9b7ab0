import type { Clock, Timer } from '../../application/ports/clock.ts';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { LogFollower } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { PostgresLoss } from './postgres-labels.ts';
import type { Session } from './session.ts';
import { type EnvironmentUpdate, readPayload, readRow } from './stored-row.ts';
import { PAGE, type UpdateTable } from './update-table.ts';

/** A session that is idle this long is asked for a sign of life; with the time for the answer, three seconds. */
const BEAT_MS = 1000;
const BEAT_TIMEOUT_MS = 2000;
/** How often to look for expected notifications that have not arrived; after six looks they are lost. */
const LOOK_MS = 500;
const MAX_LOOKS = 6;
/** At this number of environments old ones are forgotten, and again when the number has doubled. */
const FORGET_AT = 10_000;
/** The start of a notification that is not an update: no environment has this name. */
const PROOF = '? ';

export interface EpochContext {
  readonly session: Session;
  readonly table: UpdateTable;
  /** The file of the table before the session began. */
  readonly file: string;
  readonly follower: LogFollower;
  readonly epoch: number;
  readonly keptMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Sends a notification by another session. Never rejects: an unsent notification does not arrive. */
  readonly notify: (payload: string) => void;
  readonly skipped: (reason: SkipReason) => void;
}

/** How an epoch ended, with the error if a statement failed. */
export interface EpochEnd {
  readonly reason: PostgresLoss;
  readonly error?: unknown;
}

/** An update that was stored here and has not arrived yet. */
interface Awaited {
  /** The first and the last missing one: a later one covers those before it. */
  sequence: number;
  last: number;
  looks: number;
}

/**
 * One epoch: a session that listens, then reads the table page by page, and proves that it is notified. It is never
 * repaired: any doubt ends it with its session, and the next one reads the table again.
 */
export class TailEpoch {
  readonly #context: EpochContext;
  readonly #ended: Promise<EpochEnd>;
  #end: (end: EpochEnd) => void = () => {};
  /** The last sequence of each environment. A row may have been notified before, and the other way round. */
  readonly #delivered = new Map<EnvironmentId, number>();
  #forgetAt = FORGET_AT;
  readonly #awaited = new Map<EnvironmentId, Awaited>();
  #proof: { readonly payload: string; looks: number; readonly arrived: () => void } | undefined;
  #looking: Timer | undefined;
  #beat: Timer | undefined;
  #isOver = false;
  #begun = false;
  #isCaughtUp = false;

  constructor(context: EpochContext) {
    this.#context = context;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Runs until the epoch is lost or stopped; by then the follower has been called, and the session has ended. */
  run(): Promise<EpochEnd> {
    const { session, table } = this.#context;
    void session.closed.then(() => this.#lose({ reason: session.wasSilent ? 'silent' : 'disconnected' }));
    // Before LISTEN: a notification may arrive ahead of its answer, and be in no page that is read after it.
    session.onNotification((channel, payload) => {
      if (channel === table.channel) this.#notified(payload);
    });
    this.#look();
    // Not awaited: it stays pending if the proof does not arrive.
    void this.#catchUp();
    return this.#ended;
  }

  async #catchUp(): Promise<void> {
    const { session, table } = this.#context;
    try {
      await session.query(table.listen());
      if (this.#isOver) return;
      this.#begin();
      await this.#replay();
      await this.#prove();
      this.#proved();
    } catch (error) {
      this.#lose({ reason: session.wasSilent ? 'silent' : 'replay_failed', error });
    }
  }

  #proved(): void {
    if (this.#isOver) return;
    this.#isCaughtUp = true;
    this.#context.follower.caughtUp(this.#context.epoch);
    this.#beatLater();
  }

  /** An update was stored by another session: it has to arrive here. */
  stored(environment: EnvironmentId, sequence: number): void {
    if (this.#isOver || !this.#begun || this.#lastOf(environment) >= sequence) return;
    const awaited = this.#awaited.get(environment);
    if (awaited === undefined) this.#awaited.set(environment, { sequence, last: sequence, looks: 0 });
    else awaited.last = Math.max(awaited.last, sequence);
  }

  /** Another session sends from now on, perhaps on another server: its notifications must arrive here, too. */
  senderChanged(): void {
    if (this.#isOver || !this.#begun) return;
    // The previous session's notifications may never be sent.
    if (this.#proof !== undefined) this.#context.notify(this.#proof.payload);
    else if (this.#isCaughtUp) void this.#prove();
  }

  /** Ends it without notifying the follower. */
  async stop(): Promise<void> {
    this.#begun = false;
    this.#over({ reason: 'disconnected' });
    await this.#context.session.close();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { follower, epoch, keptMs } = this.#context;
    follower.epochStarted(epoch, keptMs);
  }

  async #replay(): Promise<void> {
    const { session, table } = this.#context;
    let after = '';
    for (;;) {
      const rows = await session.query(table.page(after));
      if (this.#isOver) return;
      for (const row of rows) this.#take(readRow(row));
      const last = rows.at(-1)?.['environment'];
      if (rows.length < PAGE || typeof last !== 'string') return;
      after = last;
    }
  }

  /** Resolves when a notification of ours arrives. If none does, the epoch is lost, and this stays pending. */
  #prove(): Promise<void> {
    const payload = `${PROOF}${this.#context.epoch} ${this.#context.random()}`;
    return new Promise((resolve) => {
      this.#proof = { payload, looks: 0, arrived: resolve };
      this.#context.notify(payload);
    });
  }

  #notified(payload: string): void {
    if (this.#isOver) return;
    if (!payload.startsWith(PROOF)) {
      this.#begin();
      this.#take(readPayload(payload));
    } else if (payload === this.#proof?.payload) {
      const { arrived } = this.#proof;
      this.#proof = undefined;
      arrived();
    }
  }

  #take(read: EnvironmentUpdate | SkipReason): void {
    if (typeof read === 'string') return this.#context.skipped(read);
    const { environment, update } = read;
    if (update.sequence <= this.#lastOf(environment)) return;
    this.#remember(environment, update.sequence);
    this.#arrived(environment, update.sequence);
    this.#context.follower.updated(environment, update, this.#context.epoch);
  }

  /** Sequences are times, so one that is older than any row can be needs no more comparing. */
  #remember(environment: EnvironmentId, sequence: number): void {
    this.#delivered.set(environment, sequence);
    if (this.#delivered.size < this.#forgetAt) return;
    const horizon = sequence - 2 * this.#context.keptMs;
    for (const [other, last] of this.#delivered) if (last < horizon) this.#delivered.delete(other);
    this.#forgetAt = Math.max(FORGET_AT, 2 * this.#delivered.size);
  }

  #lastOf(environment: EnvironmentId): number {
    return this.#delivered.get(environment) ?? 0;
  }

  #arrived(environment: EnvironmentId, sequence: number): void {
    const awaited = this.#awaited.get(environment);
    if (awaited === undefined || sequence < awaited.sequence) return;
    if (sequence >= awaited.last) this.#awaited.delete(environment);
    else Object.assign(awaited, { sequence: awaited.last, looks: 0 });
  }

  /** Counts looks, not milliseconds: after a standstill a process looks once before it reads what arrived meanwhile. */
  #look(): void {
    this.#looking = this.#context.clock.after(LOOK_MS, () => {
      if (this.#isOver) return;
      if (this.#proof !== undefined && ++this.#proof.looks > MAX_LOOKS) return this.#lose({ reason: 'unproved' });
      for (const awaited of this.#awaited.values())
        if (++awaited.looks > MAX_LOOKS) return this.#lose({ reason: 'own_append_missing' });
      this.#look();
    });
  }

  /** It asks for the file of the table, so that a replaced table is noticed, too. */
  #beatLater(): void {
    this.#beat = this.#context.clock.after(BEAT_MS, () => void this.#askForLife());
  }

  async #askForLife(): Promise<void> {
    const { session, table, file } = this.#context;
    try {
      const [row] = await session.query(table.file(), BEAT_TIMEOUT_MS);
      if (this.#isOver) return;
      if (String(row?.['file']) !== file) return void this.#lose({ reason: 'table_replaced' });
      this.#beatLater();
    } catch (error) {
      this.#lose({ reason: session.wasSilent ? 'silent' : 'disconnected', error });
    }
  }

  #lose(end: EpochEnd): void {
    if (this.#isOver) return;
    const { session, follower, epoch } = this.#context;
    session.end(end.reason);
    if (this.#begun) follower.epochLost(epoch, end.reason);
    this.#over(end);
  }

  #over(end: EpochEnd): void {
    this.#isOver = true;
    this.#looking?.cancel();
    this.#beat?.cancel();
    this.#end(end);
  }
}
