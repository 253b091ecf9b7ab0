import type { EnvironmentId } from '../domain/environment-id.ts';
import { covers } from '../domain/register.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { AppendOutcome, UpdateLog } from './ports/update-log.ts';

export interface PendingUpdatesOptions {
  readonly maxEnvironments: number;
  /** How long one late append may take, in milliseconds. */
  readonly appendTimeoutMs: number;
}

/** Late appends under way at once: enough to be quick, few enough to leave the log to the live ones. */
const CONCURRENCY = 64;
const RETRY_MS = 1000;

interface Pending {
  updatedAt: UpdatedAt;
  /** The environment's last sequence when the update was first tried: what came after that is newer. */
  expectedSequence: number;
}

/**
 * Updates that were answered with 503, because the log was away: the greatest of each environment, to be appended when
 * it is back. The API may have tried again elsewhere meanwhile, so a late append is stored only if nothing newer was;
 * else it is dropped if what was stored covers it, and else tried once more after that.
 */
export class PendingUpdates {
  readonly #options: PendingUpdatesOptions;
  readonly #log: UpdateLog;
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  readonly #pending = new Map<EnvironmentId, Pending>();
  #logIsThere = false;
  #appending = false;
  #retry: Timer | undefined;

  constructor(
    options: PendingUpdatesOptions,
    hub: Hub,
    adapters: {
      readonly log: UpdateLog;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
  ) {
    this.#options = options;
    this.#hub = hub;
    this.#log = adapters.log;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** The refused update of an environment that waits for the log. */
  kept(environment: EnvironmentId): UpdatedAt | undefined {
    return this.#pending.get(environment)?.updatedAt;
  }

  /**
   * Keeps a refused update. Beyond the bound it is counted and not kept: its caller was told 503 in any case.
   *
   * @param expectedSequence the environment's last sequence when the update was first tried; 0 for none
   */
  keep(environment: EnvironmentId, updatedAt: UpdatedAt, expectedSequence: number): void {
    const kept = this.#pending.get(environment);
    if (kept !== undefined) {
      if (covers(updatedAt, kept.updatedAt, this.#clock.epochMs())) kept.updatedAt = updatedAt;
    } else if (this.#pending.size < this.#options.maxEnvironments) {
      this.#pending.set(environment, { updatedAt, expectedSequence });
    } else {
      this.#telemetry.pendingSettled('overflowed');
      this.#logger.warn('pending_update_dropped', { reason: 'too many environments wait for the log' });
      return;
    }
    if (this.#logIsThere) this.#appendSoon(RETRY_MS);
  }

  /** A newer update was stored: what it covers need not be appended any more. */
  superseded(environment: EnvironmentId, by: UpdatedAt): void {
    const kept = this.#pending.get(environment);
    if (kept !== undefined && covers(by, kept.updatedAt, this.#clock.epochMs()))
      this.#settle(environment, 'superseded');
  }

  logIsBack(): void {
    this.#logIsThere = true;
    this.#appendSoon(0);
  }

  logIsLost(): void {
    this.#logIsThere = false;
  }

  stop(): void {
    this.#logIsThere = false;
    this.#retry?.cancel();
    if (this.#pending.size > 0) this.#logger.warn('pending_updates_lost', { environments: this.#pending.size });
  }

  #appendSoon(delayMs: number): void {
    if (this.#appending || this.#pending.size === 0) return;
    this.#retry?.cancel();
    this.#retry = this.#clock.after(delayMs, () => void this.#appendAll());
  }

  async #appendAll(): Promise<void> {
    if (this.#appending) return;
    this.#appending = true;
    const waiting = this.#pending.entries();
    const work = async (): Promise<void> => {
      for (const [environment, pending] of waiting) {
        if (!this.#logIsThere) return;
        await this.#appendLate(environment, pending);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    this.#appending = false;
    if (this.#logIsThere) this.#appendSoon(RETRY_MS);
  }

  async #appendLate(environment: EnvironmentId, pending: Pending): Promise<void> {
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { updatedAt, expectedSequence } = pending;
      const outcome: AppendOutcome = await this.#log.append(environment, updatedAt, {
        timeoutMs: this.#options.appendTimeoutMs,
        expectedSequence,
      });
      if (this.#pending.get(environment) !== pending) return;
      if (outcome.kind === 'unavailable') return;
      if (outcome.kind === 'stored') {
        // Another refused one may have taken its place while it was on its way.
        if (pending.updatedAt === updatedAt) this.#settle(environment, 'appended');
        else pending.expectedSequence = outcome.sequence;
        return;
      }
      const stored = outcome.last?.updatedAt;
      const known = this.#hub.newest(environment)?.updatedAt;
      const nowMs = this.#clock.epochMs();
      if ([stored, known].some((later) => later !== undefined && covers(later, updatedAt, nowMs)))
        return this.#settle(environment, 'superseded');
      pending.expectedSequence = outcome.last?.sequence ?? 0;
    }
  }

  #settle(environment: EnvironmentId, outcome: 'appended' | 'superseded'): void {
    this.#pending.delete(environment);
    this.#telemetry.pendingSettled(outcome);
  }
}
