import type { EnvironmentId } from '../domain/environment-id.ts';
import { covers } from '../domain/register.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Changes } from './ports/changes.ts';
import type { Clock, Timer } from './ports/clock.ts';

const REPEAT_AFTER_MS = 2000;
/**
 * Beyond this, a change is announced only once: a client that fetched too early has old flags until the next change.
 */
const MAX_WAITING = 10_000;

type Outcome = Promise<'stored' | 'unavailable'>;

interface Waiting {
  readonly updatedAt: UpdatedAt;
  timer: Timer;
  /**
   * The outcome of the first time. Undefined: it was refused, and if a caller announces it again, it is tried again.
   */
  outcome: Outcome | undefined;
}

/**
 * Changes from a source that may announce one before its own caches have it. Each is appended to the log again, after a
 * while and with the same time, so that every instance sends it again: an SDK that fetched too early has flags that are
 * older than this time, and fetches again. An SDK that has the newest flags does nothing.
 *
 * A newer change of the environment replaces one that waits, so there is at most one timer for each environment. A
 * change with the same time is the same change, reported by two webhooks: it is repeated soon in any case.
 */
export class RepeatedChanges implements Changes {
  readonly #changes: Changes;
  readonly #clock: Clock;
  readonly #waiting = new Map<EnvironmentId, Waiting>();
  #stopped = false;

  constructor(changes: Changes, clock: Clock) {
    this.#changes = changes;
    this.#clock = clock;
  }

  change(environment: EnvironmentId, updatedAt: UpdatedAt): Outcome {
    const before = this.#waiting.get(environment);
    if (before?.updatedAt === updatedAt && before.outcome !== undefined) return before.outcome;
    const outcome = this.#changes.change(environment, updatedAt);
    if (before !== undefined || this.#waiting.size < MAX_WAITING) this.#repeatLater(environment, updatedAt, outcome);
    return outcome;
  }

  /**
   * Repeats the waiting changes at once: too early is better than never. Changes announced from now on are not
   * repeated.
   */
  stop(): void {
    this.#stopped = true;
    for (const environment of [...this.#waiting.keys()]) this.#repeat(environment);
  }

  /**
   * Restarts the timer, and keeps the greater of the two changes: webhooks may arrive in another order than their
   * changes.
   */
  #repeatLater(environment: EnvironmentId, updatedAt: UpdatedAt, outcome: Outcome): void {
    if (this.#stopped) return;
    const timer = this.#clock.after(REPEAT_AFTER_MS, () => this.#repeat(environment));
    const before = this.#waiting.get(environment);
    before?.timer.cancel();
    if (before !== undefined && !covers(updatedAt, before.updatedAt, this.#clock.epochMs())) {
      before.timer = timer;
      return;
    }
    const waiting: Waiting = { updatedAt, timer, outcome };
    this.#waiting.set(environment, waiting);
    void outcome.then((settled) => {
      if (settled === 'unavailable') waiting.outcome = undefined;
    });
  }

  #repeat(environment: EnvironmentId): void {
    const waiting = this.#waiting.get(environment);
    if (waiting === undefined) return;
    this.#waiting.delete(environment);
    waiting.timer.cancel();
    // No caller waits for the outcome: a refused change is kept.
    void this.#changes.change(environment, waiting.updatedAt);
  }
}
