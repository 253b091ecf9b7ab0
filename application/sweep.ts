import type { SubscriberSession, SweepLimits } from '../domain/subscriber-session.ts';
import type { Hub } from './hub.ts';
import type { Clock, Timer } from './ports/clock.ts';

/** How late a keep-alive may be, and how often a congested connection is kept from its transport's time-out. */
const INTERVAL_MS = 1000;

/** To pass by a session that needs nothing costs so much less than to write to one. */
const VISITS_PER_WRITE = 10;

/**
 * Goes over all sessions once a second, in slices: keep-alives, streams that have reached their age, peers that have
 * not read for too long, and environments that have nothing to show any more. One sweep, because a timer for each of
 * thousands of sessions would cost more than all their keep-alives.
 */
export class Sweep {
  readonly #limits: SweepLimits;
  readonly #hub: Hub;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #stopped = false;
  #congested = 0;
  #congestedSoFar = 0;

  constructor(limits: SweepLimits, hub: Hub, clock: Clock) {
    this.#limits = limits;
    this.#hub = hub;
    this.#clock = clock;
  }

  /**
   * How many sessions had a peer that does not read when the last sweep passed by them: the sweep is there anyway, and
   * a count at every change of state would cost each session something.
   */
  get congested(): number {
    return this.#congested;
  }

  start(): void {
    const nextMs = this.#clock.monotonicMs() + INTERVAL_MS;
    this.#timer = this.#clock.after(INTERVAL_MS, () => this.#slice(this.#hub.sessions(), nextMs));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #slice(left: Generator<SubscriberSession>, beganMs: number): void {
    if (this.#stopped) return;
    const nowMs = this.#clock.monotonicMs();
    let work = this.#hub.sliceSessions * VISITS_PER_WRITE;
    while (work > 0) {
      const next = left.next();
      if (next.done === true) {
        this.#congested = this.#congestedSoFar;
        this.#congestedSoFar = 0;
        this.#dropSpentChannels();
        this.#hub.flushTally();
        return this.#again(beganMs);
      }
      work -= next.value.sweep(nowMs, this.#limits) ? VISITS_PER_WRITE : 1;
      if (next.value.isCongested) this.#congestedSoFar++;
    }
    this.#hub.flushTally();
    this.#clock.nextTurn(() => this.#slice(left, beganMs));
  }

  #dropSpentChannels(): void {
    for (const channel of this.#hub.channels.values()) this.#hub.dropIfSpent(channel);
  }

  /** The interval counts from the sweep's beginning, so that a long sweep makes no keep-alive later. */
  #again(beganMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const nextMs = Math.max(beganMs + INTERVAL_MS, nowMs);
    this.#timer = this.#clock.after(nextMs - nowMs, () => this.#slice(this.#hub.sessions(), nextMs));
  }
}
