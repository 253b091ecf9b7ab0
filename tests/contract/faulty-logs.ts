import { type AppendCondition, MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOptions, AppendOutcome, LogFollower, LogStatus } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import type { LogParts } from './memory-log-world.ts';

/** A log whose follower gets something else than what the log says. */
abstract class DistortingLog extends MemoryLog {
  override follow(follower: LogFollower): void {
    super.follow({
      epochStarted: (epoch, keptMs) => follower.epochStarted(epoch, keptMs),
      updated: (environment, update, epoch) => follower.updated(environment, update, epoch),
      caughtUp: (epoch) => follower.caughtUp(epoch),
      epochLost: (epoch, reason) => follower.epochLost(epoch, reason),
      ...this.distorted(follower),
    });
  }

  protected abstract distorted(follower: LogFollower): Partial<LogFollower>;
}

class LogThatGreets extends DistortingLog {
  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    let replayed = 0;
    return {
      epochStarted: (epoch, keptMs) => {
        replayed = 0;
        follower.epochStarted(epoch, keptMs);
      },
      updated: (environment, update, epoch) => {
        replayed++;
        follower.updated(environment, update, epoch);
      },
      caughtUp: (epoch) => {
        const greeting: Update = { sequence: 0, updatedAt: '0' as UpdatedAt, storedAtMs: 0 };
        if (replayed === 0) follower.updated('greeting' as EnvironmentId, greeting, epoch);
        follower.caughtUp(epoch);
      },
    };
  }
}

class LogThatKnowsItsOwn extends MemoryLog {
  #appending = false;

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    this.#appending = true;
    const appended = super.append(environment, updatedAt, options);
    this.#appending = false;
    return appended;
  }

  override deliver(environment: EnvironmentId, update: Update): void {
    if (this.#appending) super.deliver(environment, update);
  }
}

/** It counts in its answers from another number on than in its deliveries. */
class LogThatCountsTwice extends MemoryLog {
  static readonly #FROM = 1000;

  override async append(
    environment: EnvironmentId,
    updatedAt: UpdatedAt,
    options: AppendOptions,
  ): Promise<AppendOutcome> {
    const from = LogThatCountsTwice.#FROM;
    const { expectedSequence: expected } = options;
    const condition = expected === undefined || expected === 0 ? {} : { expectedSequence: expected - from };
    const outcome = await super.append(environment, updatedAt, { ...options, ...condition });
    if (outcome.kind === 'stored') return { ...outcome, sequence: outcome.sequence + from };
    if (outcome.kind === 'unavailable' || outcome.last === undefined) return outcome;
    return { ...outcome, last: { ...outcome.last, sequence: outcome.last.sequence + from } };
  }
}

class LogWithAClockBehind extends DistortingLog {
  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    return {
      updated: (environment, update, epoch) => {
        const storedAtMs = update.isRepair === true ? update.storedAtMs : update.storedAtMs - 10_000;
        follower.updated(environment, { ...update, storedAtMs }, epoch);
      },
    };
  }
}

class StoreThatReplaysItsHistory extends MemoryStore {
  readonly #history: (readonly [EnvironmentId, Update])[] = [];

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, condition?: AppendCondition): AppendOutcome {
    const outcome = super.append(environment, updatedAt, condition);
    if (outcome.kind === 'stored') this.#history.push(...super.replay().slice(-1));
    return outcome;
  }

  override replay(): readonly (readonly [EnvironmentId, Update])[] {
    return this.#history;
  }
}

class StoreThatReplaysOnePage extends MemoryStore {
  override replay(): readonly (readonly [EnvironmentId, Update])[] {
    return super.replay().slice(0, 256);
  }
}

class LogThatTakesOneAtATime extends MemoryLog {
  readonly #inFlight = new Set<EnvironmentId>();

  override async append(
    environment: EnvironmentId,
    updatedAt: UpdatedAt,
    options: AppendOptions,
  ): Promise<AppendOutcome> {
    if (this.#inFlight.has(environment)) return { kind: 'unavailable', reason: 'busy' };
    this.#inFlight.add(environment);
    try {
      return await super.append(environment, updatedAt, options);
    } finally {
      this.#inFlight.delete(environment);
    }
  }
}

class StoreThatComparesWithAllEnvironments extends MemoryStore {
  override append(environment: EnvironmentId, updatedAt: UpdatedAt, condition: AppendCondition = {}): AppendOutcome {
    const { expectedSequence, ...rest } = condition;
    const messages = this.replay();
    const lastOfAll = messages.at(-1)?.[1].sequence ?? 0;
    if (expectedSequence === undefined || expectedSequence === lastOfAll)
      return super.append(environment, updatedAt, rest);
    return { kind: 'conflict', last: new Map(messages).get(environment) };
  }
}

class StoreThatTakesZeroForAnything extends MemoryStore {
  override append(environment: EnvironmentId, updatedAt: UpdatedAt, condition: AppendCondition = {}): AppendOutcome {
    const { expectedSequence, ...rest } = condition;
    return super.append(environment, updatedAt, expectedSequence === 0 ? rest : condition);
  }
}

/** It compares with what it saw when it was asked, and stores in another turn. */
class LogThatComparesTooEarly extends MemoryLog {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore, clock: Clock) {
    super(store, clock);
    this.#store = store;
  }

  override async append(
    environment: EnvironmentId,
    updatedAt: UpdatedAt,
    options: AppendOptions,
  ): Promise<AppendOutcome> {
    const { expectedSequence, ...rest } = options;
    const sequence = new Map(this.#store.replay()).get(environment)?.sequence ?? 0;
    if (expectedSequence !== sequence) return super.append(environment, updatedAt, options);
    await new Promise((resolve) => setImmediate(resolve));
    return super.append(environment, updatedAt, rest);
  }
}

/** A store whose conflicts say something else of what there is. */
function storeWithConflicts(change: (last: Update | undefined) => Update | undefined): typeof MemoryStore {
  return class extends MemoryStore {
    override append(environment: EnvironmentId, updatedAt: UpdatedAt, condition?: AppendCondition): AppendOutcome {
      const outcome = super.append(environment, updatedAt, condition);
      return outcome.kind === 'conflict' ? { ...outcome, last: change(outcome.last) } : outcome;
    }
  };
}

class LogThatForgetsRepairs extends DistortingLog {
  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    return {
      updated: (environment, { isRepair, ...update }, epoch) =>
        follower.updated(environment, isRepair === true ? { ...update, storedAtMs: Date.now() } : update, epoch),
    };
  }
}

class LogThatBelievesAnything extends DistortingLog {
  readonly #claims = new Map<EnvironmentId, number>();

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    if (options.firstStoredAtMs !== undefined) this.#claims.set(environment, options.firstStoredAtMs);
    return super.append(environment, updatedAt, options);
  }

  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    return {
      updated: (environment, update, epoch) => {
        const storedAtMs = this.#claims.get(environment);
        const believed: Update = storedAtMs === undefined ? update : { ...update, storedAtMs, isRepair: true };
        follower.updated(environment, believed, epoch);
      },
    };
  }
}

/** While it hurries, the next turn is this one. */
class HurryingClock extends SystemClock {
  hurries = false;

  override nextTurn(task: () => void): void {
    if (this.hurries) task();
    else super.nextTurn(task);
  }

  during<Result>(run: () => Result): Result {
    this.hurries = true;
    try {
      return run();
    } finally {
      this.hurries = false;
    }
  }
}

class LogThatFollowsAtOnce extends MemoryLog {
  readonly #clock: HurryingClock;

  constructor(store: MemoryStore, clock = new HurryingClock()) {
    super(store, clock);
    this.#clock = clock;
  }

  override follow(follower: LogFollower): void {
    this.#clock.during(() => super.follow(follower));
  }
}

class LogThatDeliversAtOnce extends MemoryLog {
  readonly #clock: HurryingClock;

  constructor(store: MemoryStore, clock = new HurryingClock()) {
    super(store, clock);
    this.#clock = clock;
  }

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    return this.#clock.during(() => super.append(environment, updatedAt, options));
  }
}

class LogThatWaitsLonger extends MemoryLog {
  override append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    return super.append(environment, updatedAt, { ...options, timeoutMs: options.timeoutMs + 3_600_000 });
  }
}

class LogThatIsAlwaysConnected extends MemoryLog {
  override status(): LogStatus {
    return { ...super.status(), connected: true };
  }
}

class LogThatReplaysOnce extends DistortingLog {
  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    let skips = false;
    return {
      epochStarted: (epoch, keptMs) => {
        skips = epoch > 1;
        follower.epochStarted(epoch, keptMs);
      },
      updated: (environment, update, epoch) => {
        if (!skips) follower.updated(environment, update, epoch);
      },
      caughtUp: (epoch) => {
        skips = false;
        follower.caughtUp(epoch);
      },
    };
  }
}

class LogThatKeepsForEver extends DistortingLog {
  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    return { epochStarted: (epoch) => follower.epochStarted(epoch, undefined) };
  }
}

class LogThatGivesUp extends DistortingLog {
  #gaveUp = false;

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    if (this.#gaveUp) return Promise.resolve({ kind: 'unavailable', reason: 'it was interrupted once' });
    return super.append(environment, updatedAt, options);
  }

  protected override distorted(follower: LogFollower): Partial<LogFollower> {
    return {
      epochLost: (epoch, reason) => {
        this.#gaveUp = true;
        follower.epochLost(epoch, reason);
      },
    };
  }
}

class LogThatLeavesAppendsBehind extends MemoryLog {
  override append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    if (this.status().connected) return super.append(environment, updatedAt, options);
    return new Promise((resolve) => {
      setTimeout(() => resolve({ kind: 'unavailable', reason: 'time-out' }), options.timeoutMs).unref();
    });
  }
}

class LogThatFollowsOn extends MemoryLog {
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  #follower: LogFollower | undefined;

  constructor(store: MemoryStore, clock: Clock) {
    super(store, clock);
    this.#store = store;
    this.#clock = clock;
  }

  override follow(follower: LogFollower): void {
    this.#follower = follower;
    super.follow(follower);
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.#follower !== undefined) new MemoryLog(this.#store, this.#clock).follow(this.#follower);
  }
}

const makeLog = (Log: new (store: MemoryStore, clock: Clock) => MemoryLog): LogParts => ({
  makeLog: (store, clock) => new Log(store, clock),
});
const makeStore = (Store: typeof MemoryStore): LogParts => ({
  makeStore: (retentionMs, clock) => new Store({ retentionMs }, clock),
});
const withOwnClock = (Log: new (store: MemoryStore) => MemoryLog): LogParts => ({ makeLog: (store) => new Log(store) });

/** A log that is wrong in one thing, for each case of the contract. */
export const FAULTY_LOGS: Readonly<Record<string, LogParts>> = {
  'follows an empty log as an epoch that is caught up': makeLog(LogThatGreets),
  'states how long it keeps updates': makeLog(LogThatKeepsForEver),
  'delivers what is stored to every follower, in log order': makeLog(LogThatKnowsItsOwn),
  'answers an append with the sequence that its update is delivered with, and sequences increase':
    makeLog(LogThatCountsTwice),
  'dates an update by the time it was stored': makeLog(LogWithAClockBehind),
  'replays the last update of each environment to a later follower, which is then caught up':
    makeStore(StoreThatReplaysItsHistory),
  'replays hundreds of environments before it is caught up': makeStore(StoreThatReplaysOnePage),
  'stores many appends of one environment at once, and delivers the last of them': makeLog(LogThatTakesOneAtATime),
  'compares the expected sequence with the last one of the same environment, whatever others received': makeStore(
    StoreThatComparesWithAllEnvironments,
  ),
  'stores an update that expects no earlier one only if there is none': makeStore(StoreThatTakesZeroForAnything),
  'stores one of two appends that expect the same sequence': makeLog(LogThatComparesTooEarly),
  'reports in a conflict that an environment has no update': makeStore(
    storeWithConflicts((last) => last ?? { sequence: 1, updatedAt: '0' as UpdatedAt, storedAtMs: 0 }),
  ),
  'delivers a repair with the time of its original, also to a later follower': makeLog(LogThatForgetsRepairs),
  'marks a repair as a repair in a conflict': makeStore(
    storeWithConflicts((last) => last && { ...last, storedAtMs: Date.now() }),
  ),
  'treats a repair that claims an impossible age as an ordinary update': makeLog(LogThatBelievesAnything),
  'never calls a follower in the turn in which follow is called': withOwnClock(LogThatFollowsAtOnce),
  'never calls a follower in the turn in which append is called': withOwnClock(LogThatDeliversAtOnce),
  'settles an append by its time-out while it is unreachable': makeLog(LogThatWaitsLonger),
  'reports whether it is reachable': makeLog(LogThatIsAlwaysConnected),
  'begins a new epoch after an interruption, with the last update of each environment': makeLog(LogThatReplaysOnce),
  'stores and delivers again after an interruption': makeLog(LogThatGivesUp),
  'settles what is in flight when it is closed': makeLog(LogThatLeavesAppendsBehind),
  'calls no follower after it is closed': makeLog(LogThatFollowsOn),
};
