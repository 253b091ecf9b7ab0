/** Of a request: whether its key has had a good answer before. */
export type KeyKind = 'known' | 'unknown';

interface Queued {
  readonly order: number;
  readonly begin: () => void;
}

/**
 * How many requests may be with the API at a time, and how many may wait for that. Requests for keys that were never
 * seen before have a quarter of either at most, so that made-up keys cannot keep out real ones.
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
   * Calls `begin` when there is a place, at once or later. The place is to be given back by `leave`.
   *
   * @returns withdraws one that still waits; undefined where too many wait: then `begin` is never called
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

  /** The one that has waited longest, of those that may begin. */
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

/** The share of keys that were never seen before; one at the least. */
function quarterOf(count: number): number {
  return Math.max(1, Math.floor(count / 4));
}
