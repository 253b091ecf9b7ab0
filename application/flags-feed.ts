import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { FlagsRelay } from './flags-relay.ts';
import type { LogFollower } from './ports/update-log.ts';

/**
 * Follows the log for the relay, and passes everything on. The relay is first: subscribers that receive an update may
 * ask for their flags at once. A replay makes old what may be new enough, which costs a request for each key in use.
 */
export class FlagsFeed implements LogFollower {
  readonly #relay: FlagsRelay;
  readonly #next: LogFollower;
  #epoch = 0;

  constructor(relay: FlagsRelay, next: LogFollower) {
    this.#relay = relay;
    this.#next = next;
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#epoch = epoch;
    this.#next.epochStarted(epoch, keptMs);
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    this.#relay.environmentChanged(environment);
    this.#next.updated(environment, update, epoch);
  }

  caughtUp(epoch: number): void {
    if (epoch === this.#epoch) this.#relay.followsLog(true);
    this.#next.caughtUp(epoch);
  }

  epochLost(epoch: number, reason: string): void {
    if (epoch === this.#epoch) this.#relay.followsLog(false);
    this.#next.epochLost(epoch, reason);
  }
}
