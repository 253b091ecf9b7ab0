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

interface LogTailParts {
  readonly hubs: Hubs;
  readonly health: Health;
  readonly pending: PendingUpdates;
  readonly repairs: Repairs;
}

interface LogTailAdapters {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Where the log's tail enters the application: the updates of the current epoch, and no others, go to the hubs. */
export class LogTail implements LogFollower {
  readonly #parts: LogTailParts;
  readonly #adapters: LogTailAdapters;
  readonly #skew = new ClockSkew();
  #epoch = 0;
  #caughtUp = false;

  constructor(parts: LogTailParts, adapters: LogTailAdapters) {
    this.#parts = parts;
    this.#adapters = adapters;
  }

  /** The epoch that is followed; 0 for none. */
  get epoch(): number {
    return this.#epoch;
  }

  /** How far our clock and the log's are apart, as measured by updates. */
  get clockSkewMs(): number {
    return this.#skew.ms;
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.#epoch = epoch;
    this.#caughtUp = false;
    for (const hub of this.#parts.hubs.each) hub.logKeeps(keptMs);
    this.#adapters.telemetry.epochStarted();
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    if (epoch !== this.#epoch) return;
    for (const hub of this.#parts.hubs.each) hub.take(environment, update, epoch);
    this.#parts.repairs.delivered(environment, update);
    if (!this.#isLive(update)) return;
    this.#observeClocks(update);
    this.#adapters.logger.debug('update_received', () => ({
      environment,
      updatedAt: update.updatedAt,
      streams: this.#parts.hubs.streamsOf(environment),
    }));
  }

  caughtUp(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#caughtUp = true;
    this.#parts.health.caughtUpWithLog();
    this.#adapters.logger.info('log_caught_up', { epoch });
    this.#parts.pending.logIsBack();
    this.#parts.repairs.logIsBack(epoch);
  }

  epochLost(epoch: number, reason: string): void {
    if (epoch !== this.#epoch) return;
    this.#epoch = 0;
    this.#parts.health.lostLog();
    this.#adapters.telemetry.epochLost(reason);
    this.#adapters.logger.warn('log_epoch_lost', { epoch, reason });
    this.#parts.pending.logIsLost();
    this.#parts.repairs.logIsLost();
  }

  /** Whether it was stored a moment ago: an update of a replay, or a repair, may be as old as the retention. */
  #isLive(update: Update): boolean {
    return this.#caughtUp && update.isRepair !== true;
  }

  #observeClocks(update: Update): void {
    this.#skew.observe(update.storedAtMs, {
      epochMs: this.#adapters.clock.epochMs(),
      monotonicMs: this.#adapters.clock.monotonicMs(),
    });
  }
}
