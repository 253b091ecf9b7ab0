import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { LogFollower } from './ports/update-log.ts';

/** Follows the log in front of another follower, and passes everything on to it. */
export class PassingFollower implements LogFollower {
  readonly #next: LogFollower;

  constructor(next: LogFollower) {
    this.#next = next;
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#next.epochStarted(epoch, keptMs);
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    this.#next.updated(environment, update, epoch);
  }

  caughtUp(epoch: number): void {
    this.#next.caughtUp(epoch);
  }

  epochLost(epoch: number, reason: string): void {
    this.#next.epochLost(epoch, reason);
  }
}
