import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import { PassingFollower } from './passing-follower.ts';

/** Enough for a page that shows what changed last. */
const MAX_ENVIRONMENTS = 30;

/** Follows the log, and remembers which environments changed last. */
export class RecentChanges extends PassingFollower {
  /** In the order of their changes, the latest last. */
  readonly #changed = new Map<EnvironmentId, Update>();
  #isReplay = true;

  /** The latest first. */
  get latest(): readonly (readonly [EnvironmentId, Update])[] {
    return [...this.#changed].reverse();
  }

  override epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#isReplay = true;
    super.epochStarted(epoch, keptMs);
  }

  override updated(environment: EnvironmentId, update: Update, epoch: number): void {
    super.updated(environment, update, epoch);
    // The updates of a replay come in any order.
    if (this.#isReplay) return;
    this.#changed.delete(environment);
    this.#changed.set(environment, update);
    if (this.#changed.size > MAX_ENVIRONMENTS)
      for (const [oldest] of this.#changed) {
        this.#changed.delete(oldest);
        break;
      }
  }

  override caughtUp(epoch: number): void {
    this.#isReplay = false;
    super.caughtUp(epoch);
  }
}
