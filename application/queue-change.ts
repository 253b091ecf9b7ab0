import type { EnvironmentId } from '../domain/environment-id.ts';
import { covers, supersedes } from '../domain/register.ts';
import type { Update } from '../domain/update.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import type { FirstTry, PendingUpdates } from './pending-updates.ts';
import type { Changes } from './ports/changes.ts';
import { type Clock, pause } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UpdateLog } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';
import { thrown } from './thrown.ts';

/** The delay before retrying a log that refuses at once, within the callers' deadline. */
const RETRY_MS = 50;

/**
 * Less time than this is too short for another try. Timers fire up to a millisecond early, so a try that timed out
 * leaves a moment before the deadline: whatever is published in it is answered too late for every caller.
 */
const LAST_MOMENT_MS = 2;

interface Waiter {
  readonly updatedAt: UpdatedAt;
  readonly deadlineMs: number;
  /** Undefined before the first try. */
  firstTry: FirstTry | undefined;
  readonly settle: (outcome: 'stored' | 'unavailable') => void;
}

/**
 * The use case of a change. At most one append is in flight for an environment. The changes that arrive meanwhile
 * become one append of the greatest of them, and all are answered when that one is stored. So a burst costs the log two
 * appends.
 */
export class QueueChange implements Changes {
  readonly #deadlineMs: number;
  readonly #hub: Hub;
  readonly #pending: PendingUpdates;
  readonly #repairs: Repairs;
  readonly #log: UpdateLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  /** The waiting callers of each environment that has an append in flight. */
  readonly #lanes = new Map<EnvironmentId, Waiter[]>();

  constructor(
    options: { readonly deadlineMs: number },
    parts: { readonly hub: Hub; readonly pending: PendingUpdates; readonly repairs: Repairs },
    adapters: {
      readonly log: UpdateLog;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
  ) {
    this.#deadlineMs = options.deadlineMs;
    this.#hub = parts.hub;
    this.#pending = parts.pending;
    this.#repairs = parts.repairs;
    this.#log = adapters.log;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
  }

  /** How many environments have changes that are not answered yet. */
  get inFlight(): number {
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
    let batch: readonly Waiter[] = [];
    try {
      for (;;) {
        batch = this.#lanes.get(environment) ?? [];
        const oldest = batch[0];
        if (oldest === undefined) break;
        this.#lanes.set(environment, []);
        await this.#try(environment, batch, oldest.deadlineMs);
      }
      this.#lanes.delete(environment);
    } catch (error) {
      this.#logger.error('change_failed', { environment, ...thrown(error) });
      this.#giveUp(environment, batch);
    }
  }

  async #try(environment: EnvironmentId, batch: readonly Waiter[], deadlineMs: number): Promise<void> {
    const updatedAt = this.#greatest(batch);
    // A second try must not undo what was stored since the first: it names the update that it would replace.
    const expectedSequence = batch.find((waiter) => waiter.firstTry !== undefined)?.firstTry?.sequence;
    const thisTry = this.#thisTry(environment);
    for (const waiter of batch) waiter.firstTry ??= thisTry;
    // The oldest caller's deadline bounds the append, so that one that hangs does not block the lane.
    const timeoutMs = Math.max(1, deadlineMs - this.#clock.monotonicMs());
    const condition = expectedSequence === undefined ? {} : { expectedSequence };
    const outcome = await this.#log.append(environment, updatedAt, { timeoutMs, ...condition });
    if (outcome.kind === 'stored')
      this.#stored(environment, batch, { updatedAt, sequence: outcome.sequence, storedAtMs: thisTry.epochMs });
    else if (outcome.kind === 'conflict') await this.#overtaken(environment, batch, outcome.last);
    else await this.#refused(environment, batch);
  }

  /**
   * A bug must not cost a caller its answer, nor block the environment's lane. The updates are kept like refused ones,
   * because it is not known whether they were stored.
   */
  #giveUp(environment: EnvironmentId, batch: readonly Waiter[]): void {
    const unanswered = [...batch, ...(this.#lanes.get(environment) ?? [])];
    this.#lanes.delete(environment);
    // Settling has no effect for callers of the batch that have their answer.
    for (const { settle } of unanswered) settle('unavailable');
    const thisTry = this.#thisTry(environment);
    for (const { updatedAt, firstTry = thisTry } of unanswered) this.#pending.keep(environment, updatedAt, firstTry);
  }

  #thisTry(environment: EnvironmentId): FirstTry {
    return { sequence: this.#hub.latest(environment)?.sequence ?? 0, epochMs: this.#clock.epochMs() };
  }

  #stored(environment: EnvironmentId, batch: readonly Waiter[], update: Update): void {
    if (batch.length > 1) this.#telemetry.changesMerged(batch.length - 1);
    this.#repairs.acknowledged(environment, update);
    this.#pending.superseded(environment, update.updatedAt);
    for (const { settle } of batch) settle('stored');
  }

  /** Callers whose update is superseded by the one in the log are answered `stored`. The rest are retried. */
  async #overtaken(environment: EnvironmentId, batch: readonly Waiter[], last: Update | undefined): Promise<void> {
    const nowMs = this.#clock.epochMs();
    const rest: Waiter[] = [];
    if (last !== undefined) this.#repairs.acknowledged(environment, last);
    for (const waiter of batch) {
      const { firstTry } = waiter;
      const isSuperseded =
        last !== undefined &&
        firstTry !== undefined &&
        supersedes(last, waiter.updatedAt, firstTry.epochMs, this.#hub.retentionMs, nowMs);
      if (isSuperseded) {
        waiter.settle('stored');
      } else {
        if (firstTry !== undefined) waiter.firstTry = { ...firstTry, sequence: last?.sequence ?? 0 };
        rest.push(waiter);
      }
    }
    await this.#refused(environment, rest);
  }

  /** Callers past their deadline are answered; the others wait for the next try. */
  async #refused(environment: EnvironmentId, batch: readonly Waiter[]): Promise<void> {
    let still = this.#answerDue(environment, batch);
    const oldest = still[0];
    if (oldest === undefined) return;
    await pause(this.#clock, Math.min(RETRY_MS, oldest.deadlineMs - this.#clock.monotonicMs()));
    still = this.#answerDue(environment, still);
    this.#lanes.set(environment, [...still, ...(this.#lanes.get(environment) ?? [])]);
  }

  /** Refuses callers past their deadline, and keeps their updates. Returns the other callers. */
  #answerDue(environment: EnvironmentId, batch: readonly Waiter[]): readonly Waiter[] {
    const dueMs = this.#clock.monotonicMs() + LAST_MOMENT_MS;
    for (const waiter of batch) {
      if (waiter.deadlineMs >= dueMs) continue;
      if (waiter.firstTry !== undefined) this.#pending.keep(environment, waiter.updatedAt, waiter.firstTry);
      waiter.settle('unavailable');
    }
    return batch.filter((waiter) => waiter.deadlineMs >= dueMs);
  }

  #greatest(batch: readonly Waiter[]): UpdatedAt {
    const nowMs = this.#clock.epochMs();
    return batch.map((waiter) => waiter.updatedAt).reduce((kept, later) => (covers(later, kept, nowMs) ? later : kept));
  }
}
