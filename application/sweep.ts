import type { SweepLimits } from '../domain/subscriber-session.ts';
import type { Hubs } from './hubs.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Slices } from './turns.ts';

/** How late a keep-alive may be, and how often a congested connection's time-out is restarted in its transport. */
const INTERVAL_MS = 1000;

/** Visiting a session that needs nothing costs this many times less than writing to one. */
const VISITS_PER_WRITE = 10;

/**
 * Visits all sessions once a second, in slices: keep-alives, streams that have reached their age, peers that have not
 * read for too long, and environments that have nothing to send any more. One sweep, because a timer for each of
 * thousands of sessions would cost more than all their keep-alives.
 */
export class Sweep {
  readonly #limits: SweepLimits;
  readonly #slices: Slices;
  readonly #hubs: Hubs;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #stopped = false;
  #congested = 0;
  #behind = 0;
  /** The time of the slice, on the monotonic clock. */
  #nowMs = 0;

  constructor(limits: SweepLimits, slices: Slices, hubs: Hubs, clock: Clock) {
    this.#limits = limits;
    this.#slices = slices;
    this.#hubs = hubs;
    this.#clock = clock;
  }

  /**
   * How many sessions had a peer that does not read when the last sweep visited them: the sweep visits them anyway, and
   * counting every change of state would cost each session something.
   */
  get congested(): number {
    return this.#congested;
  }

  /** How many sessions had a peer that reads, and had not received the newest update. */
  get behind(): number {
    return this.#behind;
  }

  start(): void {
    const nextMs = this.#clock.monotonicMs() + INTERVAL_MS;
    this.#timer = this.#clock.after(INTERVAL_MS, () => this.#begin(nextMs));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #begin(beganMs: number): void {
    this.#slice(this.#visits(), beganMs);
  }

  #slice(visits: Generator<number>, beganMs: number): void {
    if (this.#stopped) return;
    this.#nowMs = this.#clock.monotonicMs();
    let work = this.#slices.sessions * VISITS_PER_WRITE;
    let hasEnded = false;
    while (work > 0 && !hasEnded) {
      const visit = visits.next();
      if (visit.done === true) hasEnded = true;
      else work -= visit.value;
    }
    this.#hubs.flushTally();
    if (hasEnded) this.#again(beganMs);
    else this.#clock.nextTurn(() => this.#slice(visits, beganMs));
  }

  /** Visits each session, and each channel after its sessions; yields the cost of each visit. */
  *#visits(): Generator<number, undefined> {
    let [congested, behind] = [0, 0];
    for (const hub of this.#hubs.each)
      for (const channel of hub.channels.values()) {
        for (const session of channel.sessions) {
          const cost = session.sweep(this.#nowMs, this.#limits) ? VISITS_PER_WRITE : 1;
          if (session.isCongested) congested++;
          else if (session.isBehind) behind++;
          yield cost;
        }
        hub.dropIfSpent(channel);
        yield 1;
      }
    this.#congested = congested;
    this.#behind = behind;
  }

  /** The interval counts from the sweep's beginning, so that a long sweep does not delay keep-alives. */
  #again(beganMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const nextMs = Math.max(beganMs + INTERVAL_MS, nowMs);
    this.#timer = this.#clock.after(nextMs - nowMs, () => this.#begin(nextMs));
  }
}
