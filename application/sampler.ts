import { since } from './history.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Gauges } from './ports/gauges.ts';
import { type Sample, SAMPLE_MS } from './ports/samples.ts';
import type { Tallies, Tally } from './ports/tallies.ts';

interface Parts {
  readonly gauges: Gauges;
  readonly tallies: Tallies;
  readonly clock: Clock;
}

/** Takes a sample of this process every five seconds, at the same moments as the other processes of the machine. */
export class Sampler {
  readonly #parts: Parts;
  readonly #take: (sample: Sample) => void;
  #earlier: Tally | undefined;
  #number = 0;
  #timer: Timer | undefined;

  constructor(parts: Parts, take: (sample: Sample) => void) {
    this.#parts = parts;
    this.#take = take;
  }

  start(): void {
    const { tallies, clock } = this.#parts;
    this.#earlier = tallies.tally();
    this.#number = Math.round(clock.epochMs() / SAMPLE_MS);
    this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    const nowMs = this.#parts.clock.epochMs();
    const next = Math.round(nowMs / SAMPLE_MS) + 1;
    this.#timer = this.#parts.clock.after(next * SAMPLE_MS - nowMs, () => this.#sample());
  }

  #sample(): void {
    const { gauges, tallies, clock } = this.#parts;
    // A timer may fire a millisecond early by the machine's clock.
    const number = Math.round(clock.epochMs() / SAMPLE_MS);
    // A clock that was set back leaves a gap: no process may add to the same interval twice.
    if (number > this.#number && this.#earlier !== undefined) {
      const now = tallies.tally();
      this.#take({ number, streams: gauges.read().subscribers, ...since(this.#earlier, now) });
      this.#earlier = now;
      this.#number = number;
    }
    this.#wait();
  }
}
