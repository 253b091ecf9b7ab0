import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import { ClockSkew } from './clock-skew.ts';
import type { Health } from './health.ts';
import type { Hubs } from './hubs.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { LogFollower } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';

/** Where the log's tail enters the application: updates go to the hubs, and only those of the epoch that is on. */
export class LogTail implements LogFollower {
  readonly #hubs: Hubs;
  readonly #health: Health;
  readonly #pending: PendingUpdates;
  readonly #repairs: Repairs;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  readonly #skew = new ClockSkew();
  #epoch = 0;
  #caughtUp = false;

  constructor(
    parts: {
      readonly hubs: Hubs;
      readonly health: Health;
      readonly pending: PendingUpdates;
      readonly repairs: Repairs;
    },
    adapters: { readonly clock: Clock; readonly logger: Logger; readonly telemetry: Telemetry },
  ) {
    this.#hubs = parts.hubs;
    this.#health = parts.health;
    this.#pending = parts.pending;
    this.#repairs = parts.repairs;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
  }

  /** The epoch that is followed; 0 for none. */
  get epoch(): number {
    return this.#epoch;
  }

  /** How far our clock and the log's are apart, as far as updates have shown. */
  get clockSkewMs(): number {
    return this.#skew.ms;
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#epoch = epoch;
    this.#caughtUp = false;
    for (const hub of this.#hubs.each) hub.logKeeps(keptMs);
    this.#telemetry.epochStarted();
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    if (epoch !== this.#epoch) return;
    for (const hub of this.#hubs.each) hub.take(environment, update, epoch);
    this.#repairs.delivered(environment, update);
    if (!this.#isLive(update)) return;
    this.#observeClocks(update);
    this.#logger.debug('update_received', {
      environment,
      updatedAt: update.updatedAt,
      streams: this.#hubs.streamsOf(environment),
    });
  }

  caughtUp(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#caughtUp = true;
    this.#health.caughtUpWithLog();
    this.#logger.info('log_caught_up', { epoch });
    this.#pending.logIsBack();
    this.#repairs.logIsBack(epoch);
  }

  epochLost(epoch: number, reason: string): void {
    if (epoch !== this.#epoch) return;
    this.#epoch = 0;
    this.#health.lostLog();
    this.#telemetry.epochLost(reason);
    this.#logger.warn('log_epoch_lost', { epoch, reason });
    this.#pending.logIsLost();
    this.#repairs.logIsLost();
  }

  /** Whether it was stored a moment ago: what a replay or a repair brings may be as old as the retention. */
  #isLive(update: Update): boolean {
    return this.#caughtUp && update.isRepair !== true;
  }

  #observeClocks(update: Update): void {
    this.#skew.observe(update.storedAtMs, {
      epochMs: this.#clock.epochMs(),
      monotonicMs: this.#clock.monotonicMs(),
    });
  }
}
