import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { FlagsRelay } from './flags-relay.ts';
import { PassingFollower } from './passing-follower.ts';
import type { LogFollower } from './ports/update-log.ts';

/**
 * Follows the log for the relay. The relay comes first, because subscribers that receive an update may request their
 * flags at once. A replay marks answers as old although they may be new enough, which costs a request for each key in
 * use.
 */
export class FlagsFeed extends PassingFollower {
  readonly #relay: FlagsRelay;
  #epoch = 0;

  constructor(relay: FlagsRelay, next: LogFollower) {
    super(next);
    this.#relay = relay;
  }

  override epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#epoch = epoch;
    super.epochStarted(epoch, keptMs);
  }

  override updated(environment: EnvironmentId, update: Update, epoch: number): void {
    this.#relay.environmentChanged(environment);
    super.updated(environment, update, epoch);
  }

  override caughtUp(epoch: number): void {
    if (epoch === this.#epoch) this.#relay.followsLog(true);
    super.caughtUp(epoch);
  }

  override epochLost(epoch: number, reason: string): void {
    if (epoch === this.#epoch) this.#relay.followsLog(false);
    super.epochLost(epoch, reason);
  }
}
