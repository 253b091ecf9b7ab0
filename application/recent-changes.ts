import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { LogFollower } from './ports/update-log.ts';

const MAX_ENVIRONMENTS = 30;

/** Follows the log for another follower, and remembers which environments changed last. */
export class RecentChanges implements LogFollower {
  readonly #follower: LogFollower;
  /** The latest one is the last. */
  readonly #changed = new Map<EnvironmentId, Update>();
  #isReplay = true;

  constructor(follower: LogFollower) {
    this.#follower = follower;
  }

  /** The latest first. */
  get latest(): readonly (readonly [EnvironmentId, Update])[] {
    return [...this.#changed].reverse();
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#isReplay = true;
    this.#follower.epochStarted(epoch, keptMs);
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    this.#follower.updated(environment, update, epoch);
    // A replay comes in any order.
    if (this.#isReplay) return;
    this.#changed.delete(environment);
    this.#changed.set(environment, update);
    if (this.#changed.size > MAX_ENVIRONMENTS)
      for (const [oldest] of this.#changed) {
        this.#changed.delete(oldest);
        break;
      }
  }

  caughtUp(epoch: number): void {
    this.#isReplay = false;
    this.#follower.caughtUp(epoch);
  }

  epochLost(epoch: number, reason: string): void {
    this.#follower.epochLost(epoch, reason);
  }
}
