import type { Clock, Timer } from '../../application/ports/clock.ts';
import type {
  AppendOptions,
  AppendOutcome,
  LogFollower,
  LogStatus,
  UpdateLog,
} from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { storedUpdate, type Update } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

/** An update and its arrival in the store: a repair is kept as long as any other message. */
interface Message {
  readonly update: Update;
  readonly takenAtMs: number;
}

/**
 * The store behind one or more memory logs: the last update of each environment, for the retention time. Instances that
 * share a store receive each other's updates, as instances that share a stream do.
 */
export class MemoryStore {
  readonly #clock: Clock;
  /** Undefined: an update is kept until a newer one takes its place. */
  readonly retentionMs: number | undefined;
  /** In the order of their sequence: an update that replaces another goes to the end. */
  readonly #messages = new Map<EnvironmentId, Message>();
  readonly #logs = new Set<MemoryLog>();
  #sequence = 0;

  constructor(options: { readonly retentionMs: number | undefined }, clock: Clock) {
    this.retentionMs = options.retentionMs;
    this.#clock = clock;
  }

  attach(log: MemoryLog): void {
    this.#logs.add(log);
  }

  detach(log: MemoryLog): void {
    this.#logs.delete(log);
  }

  append(environment: EnvironmentId, updatedAt: UpdatedAt, condition: AppendCondition = {}): AppendOutcome {
    this.#forgetExpired();
    const { expectedSequence, firstStoredAtMs } = condition;
    const last = this.#messages.get(environment)?.update;
    if (expectedSequence !== undefined && expectedSequence !== (last?.sequence ?? 0)) return { kind: 'conflict', last };
    const takenAtMs = this.#clock.epochMs();
    const update = storedUpdate(++this.#sequence, updatedAt, takenAtMs, firstStoredAtMs);
    this.#messages.delete(environment);
    this.#messages.set(environment, { update, takenAtMs });
    for (const log of this.#logs) log.deliver(environment, update);
    return { kind: 'stored', sequence: update.sequence };
  }

  /** The last update of each environment, in log order. */
  replay(): readonly (readonly [EnvironmentId, Update])[] {
    this.#forgetExpired();
    return [...this.#messages].map(([environment, { update }]) => [environment, update]);
  }

  /** Forgets everything and begins at sequence 1 again, as a stream does that was deleted and made anew. */
  reset(): void {
    this.#messages.clear();
    this.#sequence = 0;
  }

  /** What puts the store back to how it is now, as an operator does who restores a backup. */
  backup(): () => void {
    const [messages, sequence] = [[...this.#messages], this.#sequence];
    return () => {
      this.#messages.clear();
      for (const [environment, message] of messages) this.#messages.set(environment, message);
      this.#sequence = sequence;
    };
  }

  /** The oldest come first, so this looks at one more than it forgets. */
  #forgetExpired(): void {
    if (this.retentionMs === undefined) return;
    const horizonMs = this.#clock.epochMs() - this.retentionMs;
    for (const [environment, { takenAtMs }] of this.#messages) {
      if (takenAtMs > horizonMs) return;
      this.#messages.delete(environment);
    }
  }
}

/** What becomes of appends while the log cannot be reached. */
export type AwayAppends = 'hang' | 'refuse';

/** What an append says of the message that it replaces, and of the one that it repeats. */
export type AppendCondition = Pick<AppendOptions, 'expectedSequence' | 'firstStoredAtMs'>;

/**
 * The embedded log: does in memory everything that a real one does. It delivers on turns of its own, because in the
 * turn of an HTTP handler each write would cost four times as much.
 *
 * Outages are scripted by the methods at the end.
 */
export class MemoryLog implements UpdateLog {
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  #follower: LogFollower | undefined;
  #epoch = 0;
  #following = false;
  #reachable = true;
  #awayAppends: AwayAppends = 'hang';
  #losesAnswers = 0;
  #losesDeliveries = 0;
  /** Ends the appends that hang while the log is unreachable. */
  readonly #hanging = new Set<() => void>();

  constructor(store: MemoryStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.attach(this);
  }

  append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    if (!this.#reachable)
      return this.#awayAppends === 'hang'
        ? this.#hang(options.timeoutMs)
        : this.#answer({ kind: 'unavailable', reason: 'the log refuses' });
    const outcome = this.#store.append(environment, updatedAt, options);
    if (this.#losesAnswers === 0) return this.#answer(outcome);
    this.#losesAnswers--;
    return this.#hang(options.timeoutMs);
  }

  follow(follower: LogFollower): void {
    this.#follower = follower;
    this.#clock.nextTurn(() => this.#beginEpoch());
  }

  status(): LogStatus {
    return { connected: this.#reachable, durable: false };
  }

  close(): Promise<void> {
    this.#store.detach(this);
    this.#follower = undefined;
    this.#reachable = false;
    for (const end of this.#hanging) end();
    return Promise.resolve();
  }

  /** Called by the store: delivers an update to the follower, on a turn of its own. */
  deliver(environment: EnvironmentId, update: Update): void {
    if (!this.#following) return;
    if (this.#losesDeliveries > 0) {
      this.#losesDeliveries--;
      return;
    }
    const epoch = this.#epoch;
    this.#clock.nextTurn(() => {
      if (this.#following && epoch === this.#epoch) this.#follower?.updated(environment, update, epoch);
    });
  }

  /** The log cannot be reached: the epoch ends, and appends hang until their time-out or are refused at once. */
  interrupt(appends: AwayAppends = 'hang'): void {
    this.#reachable = false;
    this.#awayAppends = appends;
    this.#endEpoch();
  }

  /** The log is back, and a new epoch begins. */
  restore(): void {
    this.#reachable = true;
    this.#clock.nextTurn(() => this.#beginEpoch());
  }

  /** The tail is dropped and rebuilt, as after a gap, while the log stays reachable. */
  rebuild(): void {
    this.#endEpoch();
    this.restore();
  }

  /** The next appends are stored, but their answers do not arrive. */
  loseAnswers(count: number): void {
    this.#losesAnswers += count;
  }

  /** The next deliveries do not arrive; only a new epoch can make up for them. */
  loseDeliveries(count: number): void {
    this.#losesDeliveries += count;
  }

  #beginEpoch(): void {
    if (this.#following || !this.#reachable || this.#follower === undefined) return;
    const epoch = ++this.#epoch;
    this.#following = true;
    this.#follower.epochStarted(epoch, this.#store.retentionMs);
    for (const [environment, update] of this.#store.replay()) this.#follower.updated(environment, update, epoch);
    this.#follower.caughtUp(epoch);
  }

  #endEpoch(): void {
    if (!this.#following) return;
    this.#following = false;
    this.#follower?.epochLost(this.#epoch, 'disconnected');
  }

  #answer(outcome: AppendOutcome): Promise<AppendOutcome> {
    return new Promise((resolve) => this.#clock.nextTurn(() => resolve(outcome)));
  }

  #hang(timeoutMs: number): Promise<AppendOutcome> {
    return new Promise((resolve) => {
      const ends: { timer?: Timer } = {};
      const end = (): void => {
        ends.timer?.cancel();
        this.#hanging.delete(end);
        resolve({ kind: 'unavailable', reason: 'the log does not answer' });
      };
      this.#hanging.add(end);
      ends.timer = this.#clock.after(timeoutMs, end);
    });
  }
}
