import type { EnvironmentId } from '../domain/environment-id.ts';
import { covers, supersedes } from '../domain/register.ts';
import type { Update } from '../domain/update.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { AppendOutcome, UpdateLog } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';

export interface PendingUpdatesOptions {
  readonly maxEnvironments: number;
  /** How long one late append may take, in milliseconds. */
  readonly appendTimeoutMs: number;
}

/**
 * Late appends in flight at once. A log that acknowledges within some milliseconds stores thousands of them a second,
 * and a live change waits behind at most 64, for a small part of its deadline.
 */
const CONCURRENCY = 64;
/**
 * The delay after a refusal by a reachable log: far longer than an append takes, so that a log with problems is not
 * overloaded.
 */
const RETRY_MS = 1000;

/** The state when an update was first tried: what the log stored after that is newer. */
export interface FirstTry {
  /** The environment's last sequence that this instance knew; 0 for none. The log may already have had a later one. */
  readonly sequence: number;
  readonly epochMs: number;
}

interface Pending {
  updatedAt: UpdatedAt;
  firstTry: FirstTry;
  expectedSequence: number;
}

/**
 * Updates that were answered with 503 because the log was unreachable: the greatest of each environment, to be appended
 * when the log is back. The API may have retried with another instance meanwhile, so a late append is stored only if
 * nothing newer was. Otherwise it is dropped if what was stored covers it, and retried once if not.
 */
export class PendingUpdates {
  readonly #options: PendingUpdatesOptions;
  readonly #log: UpdateLog;
  readonly #hub: Hub;
  readonly #repairs: Repairs;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  readonly #pending = new Map<EnvironmentId, Pending>();
  #logIsThere = false;
  #appending: Promise<void> | undefined;
  #retry: Timer | undefined;
  /** No append begins after this, on the monotonic clock. */
  #untilMs = Infinity;

  constructor(
    options: PendingUpdatesOptions,
    parts: { readonly hub: Hub; readonly repairs: Repairs },
    adapters: {
      readonly log: UpdateLog;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
  ) {
    this.#options = options;
    this.#hub = parts.hub;
    this.#repairs = parts.repairs;
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

  /** Keeps a refused update. Beyond the bound it is counted and not kept: its caller receives 503 in any case. */
  keep(environment: EnvironmentId, updatedAt: UpdatedAt, firstTry: FirstTry): void {
    const kept = this.#pending.get(environment);
    if (kept !== undefined) {
      if (covers(updatedAt, kept.updatedAt, this.#clock.epochMs()))
        Object.assign(kept, { updatedAt, firstTry, expectedSequence: firstTry.sequence });
    } else if (this.#pending.size < this.#options.maxEnvironments) {
      this.#pending.set(environment, { updatedAt, firstTry, expectedSequence: firstTry.sequence });
    } else {
      this.#telemetry.pendingSettled('overflowed');
      this.#logger.warn('pending_update_dropped', { reason: 'too many environments are waiting for the log' });
      return;
    }
    if (this.#logIsThere) this.#appendSoon(RETRY_MS);
  }

  /** A newer update was stored: an update that it covers need not be appended any more. */
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

  /** Retries once what is kept, for as long as one append may take. What is left then is lost. */
  async stop(): Promise<void> {
    this.#retry?.cancel();
    this.#untilMs = this.#clock.monotonicMs() + this.#options.appendTimeoutMs;
    await this.#appending;
    if (this.#logIsThere && this.#pending.size > 0) await this.#appendAll();
    this.#logIsThere = false;
    if (this.#pending.size > 0) this.#logger.warn('pending_updates_lost', { environments: this.#pending.size });
  }

  /**
   * A retry that is already scheduled keeps its time: refusals that keep coming must not postpone it again and again.
   */
  #appendSoon(delayMs: number): void {
    if (this.#appending !== undefined || this.#pending.size === 0 || this.#untilMs !== Infinity) return;
    if (this.#retry !== undefined && delayMs > 0) return;
    this.#retry?.cancel();
    this.#retry = this.#clock.after(delayMs, () => {
      this.#retry = undefined;
      this.#appending = this.#appendAll().finally(() => {
        this.#appending = undefined;
        if (this.#logIsThere) this.#appendSoon(RETRY_MS);
      });
    });
  }

  async #appendAll(): Promise<void> {
    const waiting = this.#pending.entries();
    const work = async (): Promise<void> => {
      for (const [environment, pending] of waiting) {
        if (!this.#logIsThere || this.#clock.monotonicMs() >= this.#untilMs) return;
        await this.#appendLate(environment, pending);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  async #appendLate(environment: EnvironmentId, pending: Pending): Promise<void> {
    for (let attempt = 1; attempt <= 2; attempt++) {
      // Not left to the log's comparison alone: a recreated stream may have reached the same sequence again.
      if (this.#isCovered(environment, pending, this.#hub.latest(environment)))
        return void this.#settle(environment, 'superseded');
      const { updatedAt, expectedSequence } = pending;
      const outcome: AppendOutcome = await this.#log.append(environment, updatedAt, {
        timeoutMs: this.#options.appendTimeoutMs,
        expectedSequence,
      });
      if (outcome.kind === 'stored')
        this.#repairs.acknowledged(environment, {
          updatedAt,
          sequence: outcome.sequence,
          storedAtMs: pending.firstTry.epochMs,
        });
      if (this.#pending.get(environment) !== pending) return;
      if (outcome.kind === 'unavailable') return;
      if (outcome.kind === 'stored') {
        // Another refused update may have replaced it while the append was in flight.
        if (pending.updatedAt === updatedAt) this.#settle(environment, 'appended');
        else pending.expectedSequence = outcome.sequence;
        return;
      }
      if (this.#isCovered(environment, pending, outcome.last)) return void this.#settle(environment, 'superseded');
      pending.expectedSequence = outcome.last?.sequence ?? 0;
    }
  }

  #isCovered(environment: EnvironmentId, pending: Pending, last: Update | undefined): boolean {
    const nowMs = this.#clock.epochMs();
    const { updatedAt, firstTry } = pending;
    return [last, this.#hub.newest(environment)].some(
      (other) => other !== undefined && supersedes(other, updatedAt, firstTry.epochMs, this.#hub.retentionMs, nowMs),
    );
  }

  #settle(environment: EnvironmentId, outcome: 'appended' | 'superseded'): void {
    this.#pending.delete(environment);
    this.#telemetry.pendingSettled(outcome);
  }
}
