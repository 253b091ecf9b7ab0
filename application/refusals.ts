import type { ApiAnswer } from './ports/flagsmith-api.ts';

export interface Refusal {
  /** What the API answered; undefined: it gave no answer. */
  readonly answer: ApiAnswer | undefined;
  readonly sentMs: number;
  readonly untilMs: number;
}

/**
 * Requests that the API refused a moment ago, or failed to answer: they are not sent again at once. They are kept apart
 * from the good answers, so that made-up keys displace nothing but each other. Beyond the bounds the oldest is dropped.
 */
export class Refusals {
  readonly #max: number;
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Refusal>();
  #bytes = 0;

  constructor(max: number, maxBytes: number) {
    this.#max = max;
    this.#maxBytes = maxBytes;
  }

  at(id: string, nowMs: number): Refusal | undefined {
    const refusal = this.#entries.get(id);
    if (refusal === undefined || nowMs < refusal.untilMs) return refusal;
    this.delete(id);
    return undefined;
  }

  add(id: string, refusal: Refusal): void {
    this.delete(id);
    this.#entries.set(id, refusal);
    this.#bytes += sizeOf(refusal);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#max && this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(id: string): void {
    const refusal = this.#entries.get(id);
    if (refusal === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= sizeOf(refusal);
  }
}

function sizeOf({ answer }: Refusal): number {
  return answer?.body.byteLength ?? 0;
}
