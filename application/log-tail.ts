import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { Health } from './health.ts';
import type { Hub } from './hub.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { EpochLoss, LogFollower } from './ports/update-log.ts';

/** Where the log's tail enters the application: updates go to the hub, and only those of the epoch that is on. */
export class LogTail implements LogFollower {
  readonly #hub: Hub;
  readonly #health: Health;
  readonly #pending: PendingUpdates;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  #epoch = 0;

  constructor(
    parts: { readonly hub: Hub; readonly health: Health; readonly pending: PendingUpdates },
    adapters: { readonly logger: Logger; readonly telemetry: Telemetry },
  ) {
    this.#hub = parts.hub;
    this.#health = parts.health;
    this.#pending = parts.pending;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
  }

  /** The epoch that is followed; 0 for none. */
  get epoch(): number {
    return this.#epoch;
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#epoch = epoch;
    this.#hub.logKeeps(keptMs);
    this.#telemetry.epochStarted();
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    if (epoch === this.#epoch) this.#hub.take(environment, update, epoch);
  }

  caughtUp(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#health.caughtUpWithLog();
    this.#logger.info('log_caught_up', { epoch });
    this.#pending.logIsBack();
  }

  epochLost(epoch: number, reason: EpochLoss): void {
    if (epoch !== this.#epoch) return;
    this.#epoch = 0;
    this.#health.lostLog();
    this.#telemetry.epochLost(reason);
    this.#logger.warn('log_epoch_lost', { epoch, reason });
    this.#pending.logIsLost();
  }
}
