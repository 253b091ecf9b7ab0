import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';

interface Stage {
  readonly afterMs: number;
  /** Since when a channel waits for this echo, on the monotonic clock: the one that has waited longest is first. */
  readonly waiting: Map<EnvironmentChannel, number>;
}

/**
 * Sends the newest update of each environment again, at set times after it arrived: an API that caches may have given
 * the old flags to clients that fetched at once.
 *
 * A newer update replaces the older one. Only environments with streams wait here, each for one echo at a time. One
 * timer serves all of them.
 */
export class Echoes {
  /** In the order of their times. After one echo, a channel waits for the next. */
  readonly #stages: readonly Stage[];
  readonly #lastMs: number;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  #timer: Timer | undefined;
  #dueMs = Infinity;

  /** @param afterMs ascending, and at least one */
  constructor(afterMs: readonly number[], adapters: { readonly clock: Clock; readonly telemetry: Telemetry }) {
    this.#stages = afterMs.map((each) => ({ afterMs: each, waiting: new Map() }));
    this.#lastMs = afterMs.at(-1) ?? 0;
    this.#clock = adapters.clock;
    this.#telemetry = adapters.telemetry;
  }

  /** An update arrived, and there are streams: its echoes replace those of the update before it. */
  updated(channel: EnvironmentChannel): void {
    this.#leave(channel);
    this.#await(0, channel, this.#clock.monotonicMs());
    this.#arm();
  }

  /**
   * The first stream of an environment was opened. Its client may have fetched what the API had cached, like any other.
   * So if the update is recent enough, its echoes count from now.
   */
  firstJoined(channel: EnvironmentChannel): void {
    const nowMs = this.#clock.epochMs();
    const newest = channel.newest(nowMs);
    if (newest !== undefined && nowMs - newest.storedAtMs < this.#lastMs) this.updated(channel);
  }

  /** The last stream has ended. */
  emptied(channel: EnvironmentChannel): void {
    this.#leave(channel);
    if (this.#stages.some(({ waiting }) => waiting.size > 0)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }

  #leave(channel: EnvironmentChannel): void {
    for (const { waiting } of this.#stages) if (waiting.delete(channel)) return;
  }

  #await(stage: number, channel: EnvironmentChannel, sinceMs: number): void {
    this.#stages[stage]?.waiting.set(channel, sinceMs);
  }

  #arm(): void {
    let dueMs = Infinity;
    for (const { afterMs, waiting } of this.#stages)
      for (const sinceMs of waiting.values()) {
        dueMs = Math.min(dueMs, sinceMs + afterMs);
        break;
      }
    // A timer for an earlier time is kept: it checks again when it fires.
    if (dueMs >= this.#dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => this.#ring(dueMs));
  }

  #ring(dueMs: number): void {
    this.#timer = undefined;
    this.#dueMs = Infinity;
    // A timer may fire a fraction of a millisecond early.
    const nowMs = Math.max(dueMs, this.#clock.monotonicMs());
    for (const [stage, { afterMs, waiting }] of this.#stages.entries())
      for (const [channel, sinceMs] of waiting) {
        if (sinceMs + afterMs > nowMs) break;
        waiting.delete(channel);
        if (channel.sendAgain({ epochMs: this.#clock.epochMs(), monotonicMs: nowMs })) this.#telemetry.echoed();
        this.#await(stage + 1, channel, sinceMs);
      }
    this.#arm();
  }
}
