import { must } from './violation.ts';

/** Far below one event: the sums of fractions differ from the service's own. */
const ROUNDING = 0.001;

/**
 * Watches the events that the passes of an instance send: in no time may they be more than the pace allows for it, and
 * one second's worth.
 */
export class PaceWitness {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #atMs: number;
  /** What was sent since the last look, by the moments. */
  readonly #sent = new Map<number, number>();

  /** @param perSecond 0: there is no pace, and nothing to watch */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, perSecond);
    this.#left = this.#burst;
    this.#atMs = nowMs;
  }

  /** @param nowMs no earlier than the last time */
  sent(count: number, nowMs: number): void {
    this.#sent.set(nowMs, (this.#sent.get(nowMs) ?? 0) + count);
  }

  /** @throws Violation */
  check(): void {
    const sent = [...this.#sent];
    this.#sent.clear();
    if (this.#perSecond === 0) return;
    for (const [nowMs, count] of sent) {
      this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#atMs) * this.#perSecond) / 1000) - count;
      this.#atMs = nowMs;
      must(this.#left > -ROUNDING, 'passes keep to the pace', () => `${-this.#left} events too many at ${nowMs} ms`);
    }
  }
}
