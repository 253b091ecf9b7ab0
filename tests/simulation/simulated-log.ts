import { MemoryLog, type MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type {
  AppendOptions,
  AppendOutcome,
  LogFollower,
  LogStatus,
  UpdateLog,
} from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { InstanceClock } from './instance-clock.ts';

/** The log refuses every append of it, for as long as a run lasts. */
export const REFUSED_ENVIRONMENT = 'refused' as EnvironmentId;

type Delivery = readonly [environment: EnvironmentId, update: Update, epoch: number];

/** A lost delivery is noticed by the next heartbeat at the latest. */
const GAP_NOTICED_MS = 3000;
/** As many deliveries may come a second time, and so much later. */
const REMEMBERED = 8;
const REMEMBERED_MS = 30_000;

/**
 * An instance's connection to the log, with a network in between that loses, repeats and delays. It is worse than the
 * port allows in two ways, against which the application guards itself all the same: deliveries come twice, and those
 * of an epoch that is over still come.
 */
export class SimulatedLog implements UpdateLog {
  /** Told of each append, before it meets any fault. */
  attempted: (environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions) => void = () => undefined;
  readonly #log: MemoryLog;
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  /** The faults' own timers, which go when the connection does. */
  readonly #network: InstanceClock;
  #follower: LogFollower | undefined;
  #reachable = true;
  /** Ends an append that has no answer yet. */
  readonly #inFlight = new Set<() => void>();
  #replaying = false;
  #holding = false;
  readonly #held: (() => void)[] = [];
  readonly #delivered: Delivery[] = [];
  #loses = 0;
  #refusals = 0;
  #losesAnswers = 0;
  #slowMs: number[] = [];

  constructor(store: MemoryStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#network = new InstanceClock(clock);
    this.#log = new MemoryLog(store, clock);
  }

  append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    this.attempted(environment, updatedAt, options);
    if (environment === REFUSED_ENVIRONMENT || this.#refusals > 0) {
      if (environment !== REFUSED_ENVIRONMENT) this.#refusals--;
      return new Promise((resolve) =>
        this.#clock.nextTurn(() => resolve({ kind: 'unavailable', reason: 'refused at once' })),
      );
    }
    if (!this.#reachable) return this.#log.append(environment, updatedAt, options);
    if (this.#losesAnswers > 0) {
      this.#losesAnswers--;
      return this.#appendBadly(environment, updatedAt, options, { afterMs: 0, answers: false });
    }
    const afterMs = this.#slowMs.shift();
    if (afterMs === undefined) return this.#log.append(environment, updatedAt, options);
    return this.#appendBadly(environment, updatedAt, options, { afterMs, answers: true });
  }

  follow(follower: LogFollower): void {
    this.#follower = follower;
    this.#log.follow({
      epochStarted: (epoch, keptMs) => {
        this.#replaying = true;
        this.#pass(() => follower.epochStarted(epoch, keptMs));
      },
      updated: (environment, update, epoch) => this.#deliver([environment, update, epoch]),
      caughtUp: (epoch) => {
        this.#replaying = false;
        this.#pass(() => follower.caughtUp(epoch));
      },
      epochLost: (epoch, reason) => this.#pass(() => follower.epochLost(epoch, reason)),
    });
  }

  status(): LogStatus {
    return this.#log.status();
  }

  close(): Promise<void> {
    this.#follower = undefined;
    this.#reachable = false;
    this.#network.die();
    for (const giveUp of this.#inFlight) giveUp();
    this.#held.length = 0;
    return this.#log.close();
  }

  interrupt(): void {
    this.#reachable = false;
    this.#log.interrupt();
  }

  restore(): void {
    this.#reachable = true;
    this.#log.restore();
  }

  rebuild(): void {
    this.#reachable = true;
    this.#log.rebuild();
  }

  loseAnswers(count: number): void {
    this.#losesAnswers += count;
  }

  loseDeliveries(count: number): void {
    this.#loses += count;
  }

  refuseAppends(count: number): void {
    this.#refusals += count;
  }

  slowAppend(delayMs: number): void {
    this.#slowMs.push(delayMs);
  }

  /** Delivers what was delivered of late again, in the same order and under the same epochs. */
  repeatDeliveries(): void {
    const horizonMs = this.#clock.epochMs() - REMEMBERED_MS;
    for (const [environment, update, epoch] of this.#delivered.filter(([, { storedAtMs }]) => storedAtMs > horizonMs))
      this.#pass(() => this.#follower?.updated(environment, update, epoch));
  }

  /** Delays every delivery of the log, for a while. */
  holdDeliveries(forMs: number): void {
    if (this.#holding) return;
    this.#holding = true;
    this.#network.after(forMs, () => this.release());
  }

  release(): void {
    this.#holding = false;
    for (const pass of this.#held.splice(0)) pass();
  }

  /** No fault is left waiting to happen. */
  heal(): void {
    this.#loses = 0;
    this.#refusals = 0;
    this.#losesAnswers = 0;
    this.#slowMs = [];
    this.release();
  }

  #deliver(delivery: Delivery): void {
    if (this.#loses > 0 && !this.#replaying) {
      this.#loses--;
      this.#network.after(GAP_NOTICED_MS, () => this.#log.rebuild());
      return;
    }
    this.#delivered.push(delivery);
    if (this.#delivered.length > REMEMBERED) this.#delivered.shift();
    this.#pass(() => this.#follower?.updated(...delivery));
  }

  #pass(tell: () => void): void {
    if (this.#holding) this.#held.push(tell);
    else tell();
  }

  /** The append reaches the store late, or its answer does not arrive. */
  #appendBadly(
    environment: EnvironmentId,
    updatedAt: UpdatedAt,
    options: AppendOptions,
    { afterMs, answers }: { readonly afterMs: number; readonly answers: boolean },
  ): Promise<AppendOutcome> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        timeout.cancel();
        this.#inFlight.delete(giveUp);
        resolve({ kind: 'unavailable', reason: 'no answer' });
      };
      const timeout = this.#clock.after(options.timeoutMs, giveUp);
      this.#inFlight.add(giveUp);
      if (afterMs >= options.timeoutMs) return;
      this.#network.after(afterMs, () => {
        const outcome = this.#store.append(environment, updatedAt, options);
        if (!answers) return;
        timeout.cancel();
        this.#inFlight.delete(giveUp);
        resolve(outcome);
      });
    });
  }
}
