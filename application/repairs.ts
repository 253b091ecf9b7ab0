import type { EnvironmentId } from '../domain/environment-id.ts';
import { covers, EMPTY_REGISTER, expire, merge, newest, type Register } from '../domain/register.ts';
import type { Update } from '../domain/update.ts';
import { comparableMicros } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UpdateLog } from './ports/update-log.ts';

/**
 * How long the log must stay behind before an instance repairs it, in milliseconds: random, so that of many instances
 * that know a greater update one is first, and the others see its repair.
 */
const MIN_WAIT_MS = 200;
const MAX_WAIT_MS = 2000;
/** Between two tries for one environment, whatever the outcome of the first. */
const MIN_INTERVAL_MS = 1000;
/** The waiting environments are checked this often, and at most this many repairs begin each time: 500 a second. */
const LOOK_MS = 100;
const REPAIRS_PER_LOOK = 50;
/**
 * All environments are compared with the log this often: a repair in the log may expire before an update that came
 * after its original.
 */
const COMPARE_EVERY_MS = 5000;
/** Environments that are compared in one turn: well under a millisecond. */
const COMPARED_PER_TURN = 1000;
/** Beyond this, an environment waits for a later comparison. */
const MAX_WATCHED = 100_000;

/** An environment whose last message in the log may not be the greatest that this instance knows. */
interface Watch {
  dueMs: number;
  /** Updates that the log acknowledged but has not delivered since. Nothing else in this instance may know of them. */
  acknowledged: Register;
  inFlight: boolean;
  /** A repair was tried: the watch stays until it is due, so that there is a second between two tries. */
  tried: boolean;
  /** The log has dropped what it delivered last, as a refused repair has shown. */
  logHasNone: boolean;
}

/** The update that the log should hold for an environment, and the sequence of the one that it holds; 0 for none. */
interface Missing {
  readonly update: Update;
  readonly expectedSequence: number;
}

interface Adapters {
  readonly log: UpdateLog;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Puts back what the log has lost or never had last. The log holds the last update of an environment, and subscribers
 * are sent the greatest. When the two differ for a while, an instance that knows the greatest appends it again,
 * provided that the log still holds what was seen there. So an instance that starts afterwards knows it too.
 *
 * Only times that can be compared are put back, and only within their retention, which counts from the original.
 */
export class Repairs {
  readonly #appendTimeoutMs: number;
  readonly #hub: Hub;
  readonly #adapters: Adapters;
  readonly #watched = new Map<EnvironmentId, Watch>();
  /** The epoch whose replay is complete; 0 while the log is not followed, because what it holds is then unknown. */
  #epoch = 0;
  #stopped = false;
  #looking: Timer | undefined;
  #comparing: Timer | undefined;

  constructor(options: { readonly appendTimeoutMs: number }, hub: Hub, adapters: Adapters) {
    this.#appendTimeoutMs = options.appendTimeoutMs;
    this.#hub = hub;
    this.#adapters = adapters;
  }

  /**
   * The log has acknowledged an update. If a smaller one replaces it before it is delivered, this instance may be the
   * only one that knows of it.
   */
  acknowledged(environment: EnvironmentId, update: Update): void {
    const nowMs = this.#adapters.clock.epochMs();
    if (this.#stopped || comparableMicros(update.updatedAt, nowMs) === undefined) return;
    if (this.#hub.channels.get(environment)?.hasTaken(update, nowMs) === true) return;
    const watch = this.#watch(environment);
    if (watch !== undefined) watch.acknowledged = merge(watch.acknowledged, update, nowMs);
  }

  /** The log has delivered an update, and the hub has taken it. */
  delivered(environment: EnvironmentId, update: Update): void {
    if (this.#stopped) return;
    const watch = this.#watched.get(environment);
    if (watch !== undefined) {
      watch.logHasNone = false;
      this.#forgetAcknowledged(watch, update);
    }
    if (this.#missing(environment, watch) !== undefined) this.#watch(environment);
    else if (watch?.acknowledged.length === 0 && !watch.tried) this.#watched.delete(environment);
  }

  /** The replay of an epoch is complete, so what the log lacks is known. */
  logIsBack(epoch: number): void {
    if (this.#stopped) return;
    this.#epoch = epoch;
    this.#compare(epoch);
    this.#lookLater();
  }

  logIsLost(): void {
    this.#epoch = 0;
    this.#comparing?.cancel();
    this.#looking?.cancel();
    this.#looking = undefined;
  }

  /** An instance that stops leaves repairs to the others. */
  stop(): void {
    this.#stopped = true;
    this.logIsLost();
    this.#watched.clear();
  }

  /** In slices: a stream that was deleted and recreated lacks every environment at once. */
  #compare(epoch: number, left: Iterator<EnvironmentId> = this.#hub.channels.keys()): void {
    const { clock } = this.#adapters;
    for (let compared = 0; compared < COMPARED_PER_TURN; compared++) {
      if (epoch !== this.#epoch) return;
      const next = left.next();
      if (next.done === true) {
        this.#comparing = clock.after(COMPARE_EVERY_MS, () => this.#compare(epoch));
        return;
      }
      if (this.#missing(next.value, this.#watched.get(next.value)) !== undefined) this.#watch(next.value);
    }
    clock.nextTurn(() => this.#compare(epoch, left));
  }

  /** Undefined: the log holds the greatest update that is known here, or there is nothing to put back. */
  #missing(environment: EnvironmentId, watch: Watch | undefined): Missing | undefined {
    const nowMs = this.#adapters.clock.epochMs();
    const channel = this.#hub.channels.get(environment);
    const last = channel?.epoch === this.#epoch ? channel.latest : undefined;
    const greatest = this.#greatest(
      channel?.newest(nowMs),
      watch === undefined ? undefined : this.#waiting(watch),
      nowMs,
    );
    if (greatest === undefined || comparableMicros(greatest.updatedAt, nowMs) === undefined) return undefined;
    // A repair that is past its original's retention is ignored by an instance that starts now.
    if (this.#counts(last, nowMs) && covers(last.updatedAt, greatest.updatedAt, nowMs)) return undefined;
    return { update: greatest, expectedSequence: watch?.logHasNone === true ? 0 : (last?.sequence ?? 0) };
  }

  #greatest(shown: Update | undefined, acknowledged: Update | undefined, nowMs: number): Update | undefined {
    if (acknowledged === undefined) return shown;
    if (shown === undefined || !covers(shown.updatedAt, acknowledged.updatedAt, nowMs)) return acknowledged;
    // If values cannot be compared, the later one counts.
    const isEarlier = shown.sequence < acknowledged.sequence;
    return isEarlier && comparableMicros(shown.updatedAt, nowMs) === undefined ? acknowledged : shown;
  }

  /** Forgets updates that were delivered, or that the delivered one covers for at least as long. */
  #forgetAcknowledged(watch: Watch, delivered: Update): void {
    const nowMs = this.#adapters.clock.epochMs();
    watch.acknowledged = watch.acknowledged.filter(({ update }) => {
      const isLater =
        delivered.sequence >= update.sequence && (!delivered.isRepair || delivered.storedAtMs >= update.storedAtMs);
      return !isLater || !covers(delivered.updatedAt, update.updatedAt, nowMs);
    });
  }

  /** The greatest acknowledged update that is not past its retention. */
  #waiting(watch: Watch): Update | undefined {
    watch.acknowledged = expire(watch.acknowledged, this.#adapters.clock.epochMs() - this.#hub.retentionMs);
    return newest(watch.acknowledged);
  }

  #watch(environment: EnvironmentId): Watch | undefined {
    let watch = this.#watched.get(environment);
    if (watch !== undefined) return watch;
    if (this.#watched.size >= MAX_WATCHED) return undefined;
    watch = {
      dueMs: this.#soon(MIN_WAIT_MS),
      acknowledged: EMPTY_REGISTER,
      inFlight: false,
      tried: false,
      logHasNone: false,
    };
    this.#watched.set(environment, watch);
    this.#lookLater();
    return watch;
  }

  #soon(fromMs: number): number {
    const { clock, random } = this.#adapters;
    return clock.monotonicMs() + fromMs + random() * (MAX_WAIT_MS - fromMs);
  }

  #lookLater(): void {
    if (this.#looking !== undefined || this.#epoch === 0 || this.#watched.size === 0) return;
    this.#looking = this.#adapters.clock.after(LOOK_MS, () => {
      this.#looking = undefined;
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const nowMs = this.#adapters.clock.monotonicMs();
    let left = REPAIRS_PER_LOOK;
    for (const [environment, watch] of this.#watched) {
      if (left === 0) return;
      if (watch.inFlight || watch.dueMs > nowMs) continue;
      const missing = this.#missing(environment, watch);
      if (missing !== undefined) {
        left--;
        void this.#putBack(environment, watch, missing);
      } else if (this.#waiting(watch) !== undefined) watch.dueMs = this.#soon(MIN_INTERVAL_MS);
      else this.#watched.delete(environment);
    }
  }

  /** Whether there is an update, and it is not past its retention. */
  #counts(update: Update | undefined, nowMs: number): update is Update {
    return update !== undefined && update.storedAtMs > nowMs - this.#hub.retentionMs;
  }

  async #putBack(environment: EnvironmentId, watch: Watch, { update, expectedSequence }: Missing): Promise<void> {
    const { log, logger, telemetry } = this.#adapters;
    const { updatedAt, storedAtMs: firstStoredAtMs } = update;
    watch.inFlight = watch.tried = true;
    // Set before the append settles: the time between two tries counts from the beginning of the first.
    watch.dueMs = this.#soon(MIN_INTERVAL_MS);
    const timeoutMs = this.#appendTimeoutMs;
    const outcome = await log.append(environment, updatedAt, { timeoutMs, expectedSequence, firstStoredAtMs });
    watch.inFlight = false;
    telemetry.repairTried(outcome.kind);
    if (outcome.kind === 'stored')
      logger.info('update_repaired', { environment, updatedAt, sequence: outcome.sequence });
    // The log's last update is known now, and may be lost before it is delivered, like any acknowledged one.
    else if (outcome.kind === 'conflict') {
      watch.logHasNone = outcome.last === undefined;
      if (outcome.last !== undefined) this.acknowledged(environment, outcome.last);
    }
  }
}
