import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Turns } from './turns.ts';

/** What the spacing needs of the hub. */
export interface SpacingHost {
  /** A pass was held back for a time that is no slowness. */
  heldBack(channel: EnvironmentChannel, heldMs: number): void;
}

/** The channels that wait are looked at no more often than this, however many there are. */
const STEP_MS = 10;

/**
 * Turns with a time between the rounds of a channel: the first update goes out at once, and those that follow closely
 * go out as one, the newest, when the time has passed. It is for clients that an event makes do something slow, which a
 * second event too soon after the first would put off or get in front of.
 */
export class SpacedTurns implements Turns {
  readonly #spacingMs: number;
  readonly #turns: Turns;
  readonly #host: SpacingHost;
  readonly #clock: Clock;
  /** The channels whose next round waits, since when and until when, on the monotonic clock. */
  readonly #held = new Map<EnvironmentChannel, { readonly sinceMs: number; readonly dueMs: number }>();
  #timer: Timer | undefined;
  /** When the timer runs. */
  #dueMs = Infinity;

  /**
   * @param spacingMs from the beginning of a round to the beginning of the next
   * @param turns which give the slices when it is time
   */
  constructor(spacingMs: number, turns: Turns, host: SpacingHost, clock: Clock) {
    this.#spacingMs = spacingMs;
    this.#turns = turns;
    this.#host = host;
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#held.size + this.#turns.waiting;
  }

  request(channel: EnvironmentChannel): void {
    const dueMs = channel.beginsRound ? channel.roundBeganMs + this.#spacingMs : -Infinity;
    const nowMs = this.#clock.monotonicMs();
    if (dueMs <= nowMs) return this.#turns.request(channel);
    this.#held.set(channel, { sinceMs: nowMs, dueMs });
    this.#arm(dueMs);
  }

  forget(channel: EnvironmentChannel): void {
    this.#turns.forget(channel);
    this.#release(channel, this.#clock.monotonicMs());
    if (this.#held.size === 0) this.#disarm();
  }

  #arm(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#disarm();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => this.#ring(dueMs));
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }

  #ring(ringMs: number): void {
    this.#disarm();
    const clockMs = this.#clock.monotonicMs();
    // A timer may be early by a part of a millisecond.
    const nowMs = Math.max(ringMs, clockMs);
    let nextMs = Infinity;
    for (const [channel, { dueMs }] of this.#held) {
      if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs);
        continue;
      }
      // A timer that is late is slowness, and one that is early must not make a latency less than nothing.
      const untilMs = Math.min(clockMs, Math.max(ringMs, dueMs));
      this.#release(channel, untilMs);
      channel.heldUntil(untilMs);
      this.#turns.request(channel);
    }
    if (nextMs < Infinity) this.#arm(Math.max(nextMs, nowMs + STEP_MS));
  }

  #release(channel: EnvironmentChannel, untilMs: number): void {
    const held = this.#held.get(channel);
    if (held === undefined) return;
    this.#held.delete(channel);
    this.#host.heldBack(channel, untilMs - held.sinceMs);
  }
}
