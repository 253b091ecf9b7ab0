import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { Clock, Timer } from '../../application/ports/clock.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import { countIn, fieldsOf } from '../common/untrusted.ts';
import { ServerClock } from './server-clock.ts';
import type { Row, Session } from './session.ts';
import { readRow } from './stored-row.ts';
import { nowIn, type UpdateTable } from './update-table.ts';

export interface Append {
  readonly environment: EnvironmentId;
  readonly updatedAt: UpdatedAt;
  /** On the monotonic clock. */
  readonly deadlineMs: number;
  readonly expectedSequence: number | undefined;
  readonly firstStoredAtMs: number | undefined;
}

export type AppendAnswer =
  | AppendOutcome
  /** The environment's row is not an update; this expected sequence replaces it. */
  | { readonly kind: 'garbage'; readonly sequence: number };

interface Request {
  readonly append: Append;
  readonly settle: (answer: AppendAnswer) => void;
  readonly isSettled: () => boolean;
}

/** Rows of one statement. */
const MAX_BATCH = 500;
/** A session that is silent this long is asked for a sign of life; with the time for the answer, three seconds. */
const IDLE_MS = 1000;
const BEAT_TIMEOUT_MS = 2000;

const LOCK_NOT_AVAILABLE = '55P03';
/** A missing table or schema. */
const MISSING_TABLE: ReadonlySet<unknown> = new Set(['42P01', '3F000']);
const HELD = 'another session holds the row';
const NONE: ReadonlySet<unknown> = new Set();

/**
 * Appends over one session, one statement at a time. Appends that arrive while a statement runs form the next one:
 * however many environments change at once, there is one wait for the disk. No statement is cancelled; each carries the
 * last moment at which it may be stored, by the server's clock, so one that the network delayed stores nothing.
 */
export class Appender {
  readonly #session: Session;
  readonly #table: UpdateTable;
  readonly #clock: Clock;
  readonly #tableIsMissing: () => void;
  readonly #serverClock = new ServerClock();
  #waiting: Request[] = [];
  readonly #errands: (() => Promise<unknown>)[] = [];
  #inFlight: readonly Request[] = [];
  /** Environments whose locked row a statement waited for in vain. At most as many as the table has. */
  readonly #suspects = new Set<EnvironmentId>();
  #isRunning = false;
  #beat: Timer | undefined;

  /**
   * @param nowMs the latest reading of the server's clock
   * @param tableIsMissing called when the table is missing
   */
  constructor(session: Session, table: UpdateTable, clock: Clock, nowMs: number, tableIsMissing: () => void) {
    this.#session = session;
    this.#table = table;
    this.#clock = clock;
    this.#tableIsMissing = tableIsMissing;
    this.#serverClock.observe(nowMs, clock.monotonicMs());
    void session.closed.then((reason) => this.#ended(reason));
    this.#beatLater();
  }

  /** Settles by its deadline, and never rejects. */
  append(append: Append): Promise<AppendAnswer> {
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (answer: AppendAnswer): void => {
        isSettled = true;
        timer.cancel();
        resolve(answer);
      };
      const leftMs = Math.max(0, append.deadlineMs - this.#clock.monotonicMs());
      const timer = this.#clock.after(leftMs, () => settle(unavailable('timeout')));
      if (this.#session.isOver) return settle(unavailable('disconnected'));
      this.#waiting.push({ append, settle, isSettled: () => isSettled });
      this.#runSoon();
    });
  }

  /**
   * Uses the session for something else, between two batches.
   *
   * @throws what it throws, or that the session has ended
   */
  errand<Result>(run: (session: Session) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#errands.push(() => run(this.#session).then(resolve, reject));
      this.#runSoon();
    });
  }

  #runSoon(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#beat?.cancel();
    this.#clock.nextTurn(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (;;) {
      const errand = this.#errands.shift();
      if (errand !== undefined) {
        await errand();
        continue;
      }
      const batch = this.#nextBatch();
      if (batch.length === 0) break;
      this.#inFlight = batch;
      await this.#store(batch);
      this.#inFlight = [];
    }
    this.#isRunning = false;
    this.#beatLater();
  }

  /** One per environment, in order of arrival: more of one environment must be stored one after the other. */
  #nextBatch(): readonly Request[] {
    const batch = new Map<EnvironmentId, Request>();
    const rest: Request[] = [];
    for (const request of this.#waiting) {
      if (request.isSettled()) continue;
      const { environment } = request.append;
      if (batch.size < MAX_BATCH && !batch.has(environment)) batch.set(environment, request);
      else rest.push(request);
    }
    this.#waiting = rest;
    return [...batch.values()];
  }

  /** Rows that earlier statements waited for in vain are checked first, so that they do not delay the others again. */
  async #store(requests: readonly Request[]): Promise<void> {
    const suspects = requests.filter(({ append }) => this.#suspects.has(append.environment));
    const held = suspects.length === 0 ? NONE : await this.#refuseHeld(suspects);
    if (held === undefined) for (const { settle } of requests) settle(unavailable(HELD));
    else await this.#storeFree(requests.filter(({ append }) => !held.has(append.environment)));
  }

  async #storeFree(batch: readonly Request[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const rows = batch.map(({ append }) => ({
        ...append,
        firstStoredAtMs: Number.isSafeInteger(append.firstStoredAtMs) ? append.firstStoredAtMs : undefined,
        deadlineMs: this.#serverClock.at(append.deadlineMs),
      }));
      const stored = byEnvironment(await this.#session.query(this.#table.append(rows)));
      this.#observe([...stored.values()][0]);
      const left: Request[] = [];
      for (const request of batch) {
        const sequence = countIn(stored.get(request.append.environment)?.['sequence']);
        if (sequence === undefined) left.push(request);
        else request.settle({ kind: 'stored', sequence });
      }
      if (left.length > 0) await this.#explain(left);
    } catch (error) {
      if (codeOf(error) === LOCK_NOT_AVAILABLE && (await this.#tryAgain(batch))) return;
      for (const { settle } of batch) settle(unavailable(messageOf(error)));
      if (MISSING_TABLE.has(codeOf(error))) this.#tableIsMissing();
    }
  }

  /**
   * A statement that waited too long for one lock has stored nothing: the unlocked rows come next.
   *
   * @returns false if it is not known which those are
   */
  async #tryAgain(batch: readonly Request[]): Promise<boolean> {
    for (const { append } of batch) this.#suspects.add(append.environment);
    const held = await this.#refuseHeld(batch);
    if (held !== undefined) this.#waiting.unshift(...batch.filter(({ isSettled }) => !isSettled()));
    return held !== undefined;
  }

  /** Refuses those whose row is held, and clears the others of suspicion. Undefined: not known. */
  async #refuseHeld(requests: readonly Request[]): Promise<ReadonlySet<unknown> | undefined> {
    try {
      const names = requests.map(({ append }) => append.environment);
      const held = new Set((await this.#session.query(this.#table.locked(names))).map((row) => row['environment']));
      for (const { append, settle } of requests)
        if (held.has(append.environment)) settle(unavailable(HELD));
        else this.#suspects.delete(append.environment);
      return held;
    } catch {
      return undefined;
    }
  }

  /**
   * Reports why they were not stored. This takes another statement, because the first one sees the rows as they were
   * when it began.
   */
  async #explain(requests: readonly Request[]): Promise<void> {
    const names = requests.map(({ append }) => append.environment);
    const rows = byEnvironment(await this.#session.query(this.#table.last(names)));
    for (const { append, settle } of requests) settle(answerFor(append, rows.get(append.environment)));
  }

  #observe(row: Row | undefined): void {
    const nowMs = nowIn(row);
    if (nowMs !== undefined) this.#serverClock.observe(nowMs, this.#clock.monotonicMs());
  }

  #beatLater(): void {
    if (this.#session.isOver) return;
    this.#beat = this.#clock.after(IDLE_MS, () => {
      this.errand(async (session) => {
        const [row] = await session.query(this.#table.now(), BEAT_TIMEOUT_MS);
        this.#observe(row);
      }).catch(() => undefined);
    });
  }

  #ended(reason: string): void {
    this.#beat?.cancel();
    const requests = [...this.#inFlight, ...this.#waiting];
    this.#waiting = [];
    for (const { settle } of requests) settle(unavailable(reason));
  }
}

function answerFor({ expectedSequence }: Append, row: Row | undefined): AppendAnswer {
  const sequence = row?.['expired'] === true ? 0 : (countIn(row?.['sequence']) ?? 0);
  if (expectedSequence === undefined || expectedSequence === sequence) return unavailable('timeout');
  const read = row === undefined || sequence === 0 ? undefined : readRow(row);
  if (typeof read === 'string') return { kind: 'garbage', sequence };
  return { kind: 'conflict', last: read?.update };
}

/** PostgreSQL's code for what it refused. */
function codeOf(error: unknown): unknown {
  return fieldsOf(error)?.['code'];
}

function byEnvironment(rows: readonly Row[]): ReadonlyMap<unknown, Row> {
  return new Map(rows.map((row) => [row['environment'], row]));
}

function unavailable(reason: string) {
  return { kind: 'unavailable', reason } as const;
}
