import type { EnvironmentId } from '../domain/environment-id.ts';
import { covers } from '../domain/register.ts';
import type { Update } from '../domain/update.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import { type FirstTry, type PendingUpdates, standsFor } from './pending-updates.ts';
import type { ChangeQueue } from './ports/change-queue.ts';
import type { Clock } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UpdateLog } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';

/** Before a log that refuses at once is asked again, within the callers' deadline. */
const RETRY_MS = 50;

interface Waiter {
  readonly updatedAt: UpdatedAt;
  readonly deadlineMs: number;
  /** Undefined until then. */
  firstTry: FirstTry | undefined;
  readonly settle: (outcome: 'stored' | 'unavailable') => void;
}

/**
 * The use case of a change. At most one append is under way for an environment; what arrives meanwhile becomes one
 * append of the greatest of them, and all are answered when that one is stored. So a burst costs the log two appends.
 */
export class QueueChange implements ChangeQueue {
  readonly #deadlineMs: number;
  readonly #hub: Hub;
  readonly #pending: PendingUpdates;
  readonly #repairs: Repairs;
  readonly #log: UpdateLog;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  /** Who waits, for each environment that has an append under way. */
  readonly #lanes = new Map<EnvironmentId, Waiter[]>();

  constructor(
    options: { readonly deadlineMs: number },
    parts: { readonly hub: Hub; readonly pending: PendingUpdates; readonly repairs: Repairs },
    adapters: { readonly log: UpdateLog; readonly clock: Clock; readonly telemetry: Telemetry },
  ) {
    this.#deadlineMs = options.deadlineMs;
    this.#hub = parts.hub;
    this.#pending = parts.pending;
    this.#repairs = parts.repairs;
    this.#log = adapters.log;
    this.#clock = adapters.clock;
    this.#telemetry = adapters.telemetry;
  }

  /** The environments that have changes which are not answered yet. */
  get underWay(): number {
    return this.#lanes.size;
  }

  change(environment: EnvironmentId, updatedAt: UpdatedAt): Promise<'stored' | 'unavailable'> {
    return new Promise((settle) => {
      const deadlineMs = this.#clock.monotonicMs() + this.#deadlineMs;
      const waiter: Waiter = { updatedAt, deadlineMs, firstTry: undefined, settle };
      const lane = this.#lanes.get(environment);
      if (lane !== undefined) {
        lane.push(waiter);
        return;
      }
      this.#lanes.set(environment, [waiter]);
      void this.#serve(environment);
    });
  }

  async #serve(environment: EnvironmentId): Promise<void> {
    for (;;) {
      const batch = this.#lanes.get(environment) ?? [];
      const oldest = batch[0];
      if (oldest === undefined) break;
      this.#lanes.set(environment, []);
      const updatedAt = this.#greatest(batch);
      // A second try must not undo what others stored since the first: it says which update it would replace.
      const expectedSequence = batch.find((waiter) => waiter.firstTry !== undefined)?.firstTry?.sequence;
      const thisTry = { sequence: this.#hub.latest(environment)?.sequence ?? 0, epochMs: this.#clock.epochMs() };
      for (const waiter of batch) waiter.firstTry ??= thisTry;
      // The oldest caller's deadline bounds the append, so that one that hangs does not hold up the lane.
      const timeoutMs = Math.max(1, oldest.deadlineMs - this.#clock.monotonicMs());
      const condition = expectedSequence === undefined ? {} : { expectedSequence };
      const outcome = await this.#log.append(environment, updatedAt, { timeoutMs, ...condition });
      if (outcome.kind === 'stored')
        this.#stored(environment, batch, { updatedAt, sequence: outcome.sequence, storedAtMs: thisTry.epochMs });
      else if (outcome.kind === 'conflict') await this.#overtaken(environment, batch, outcome.last);
      else await this.#refused(environment, batch);
    }
    this.#lanes.delete(environment);
  }

  #stored(environment: EnvironmentId, batch: readonly Waiter[], update: Update): void {
    if (batch.length > 1) this.#telemetry.changesMerged(batch.length - 1);
    this.#repairs.acknowledged(environment, update);
    this.#pending.superseded(environment, update.updatedAt);
    for (const { settle } of batch) settle('stored');
  }

  /** What others stored spares those of these that it standsFor. To the rest it was there before: they are tried again. */
  async #overtaken(environment: EnvironmentId, batch: readonly Waiter[], last: Update | undefined): Promise<void> {
    const nowMs = this.#clock.epochMs();
    const rest: Waiter[] = [];
    if (last !== undefined) this.#repairs.acknowledged(environment, last);
    for (const waiter of batch) {
      const { firstTry } = waiter;
      if (last !== undefined && firstTry !== undefined && standsFor(last, waiter.updatedAt, firstTry, nowMs)) {
        waiter.settle('stored');
      } else {
        if (firstTry !== undefined) waiter.firstTry = { ...firstTry, sequence: last?.sequence ?? 0 };
        rest.push(waiter);
      }
    }
    await this.#refused(environment, rest);
  }

  /** Those whose time is up are told so, and their update is kept; the others wait for the next try. */
  async #refused(environment: EnvironmentId, batch: readonly Waiter[]): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const still = batch.filter((waiter) => waiter.deadlineMs > nowMs);
    for (const waiter of batch) {
      if (waiter.deadlineMs > nowMs) continue;
      if (waiter.firstTry !== undefined) this.#pending.keep(environment, waiter.updatedAt, waiter.firstTry);
      waiter.settle('unavailable');
    }
    const oldest = still[0];
    if (oldest === undefined) return;
    this.#lanes.set(environment, [...still, ...(this.#lanes.get(environment) ?? [])]);
    const pauseMs = Math.min(RETRY_MS, oldest.deadlineMs - nowMs);
    await new Promise<void>((resolve) => void this.#clock.after(pauseMs, resolve));
  }

  #greatest(batch: readonly Waiter[]): UpdatedAt {
    const nowMs = this.#clock.epochMs();
    return batch.map((waiter) => waiter.updatedAt).reduce((kept, later) => (covers(later, kept, nowMs) ? later : kept));
  }
}
