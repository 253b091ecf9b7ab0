/** Whether the key of a request has received a good answer before. */
export type KeyKind = 'known' | 'unknown';

interface Queued {
  readonly order: number;
  readonly begin: () => void;
}

/**
 * Limits how many requests are in flight to the API, and how many wait for a place. Requests for unknown keys have at
 * most a quarter of either, so that made-up keys cannot keep out real ones.
 */
export class UpstreamPlaces {
  readonly #max: number;
  readonly #maxQueued: number;
  readonly #queues = { known: new Set<Queued>(), unknown: new Set<Queued>() };
  readonly #taken = { known: 0, unknown: 0 };
  #order = 0;

  /**
   * @param max requests at a time
   * @param maxQueued requests that wait for a place; beyond it they are refused
   */
  constructor(max: number, maxQueued: number) {
    this.#max = max;
    this.#maxQueued = maxQueued;
  }

  /**
   * Calls `begin` when there is a place, at once or later. `leave` gives the place back.
   *
   * @returns a function that withdraws a request that still waits; undefined if too many wait: then `begin` is never
   *   called
   */
  take(kind: KeyKind, begin: () => void): (() => void) | undefined {
    if (!this.#hasRoom(kind) && this.#isFull(kind)) return undefined;
    const queued = { order: this.#order++, begin };
    this.#queues[kind].add(queued);
    this.#next();
    return () => void this.#queues[kind].delete(queued);
  }

  leave(kind: KeyKind): void {
    this.#taken[kind]--;
    this.#next();
  }

  #hasRoom(kind: KeyKind): boolean {
    const { known, unknown } = this.#taken;
    return known + unknown < this.#max && (kind === 'known' || unknown < quarterOf(this.#max));
  }

  #isFull(kind: KeyKind): boolean {
    const { known, unknown } = this.#queues;
    return (
      known.size + unknown.size >= this.#maxQueued || (kind === 'unknown' && unknown.size >= quarterOf(this.#maxQueued))
    );
  }

  /** Begins those that have waited longest, of those that may begin. */
  #next(): void {
    for (;;) {
      const known = this.#first('known');
      const unknown = this.#first('unknown');
      if (known === undefined && unknown === undefined) return;
      const kind = (unknown?.order ?? Infinity) < (known?.order ?? Infinity) ? 'unknown' : 'known';
      const next = (kind === 'known' ? known : unknown) as Queued;
      this.#queues[kind].delete(next);
      this.#taken[kind]++;
      next.begin();
    }
  }

  #first(kind: KeyKind): Queued | undefined {
    return this.#hasRoom(kind) ? this.#queues[kind].values().next().value : undefined;
  }
}

/** The share of unknown keys; at least one. */
function quarterOf(count: number): number {
  return Math.max(1, Math.floor(count / 4));
}
