/**
 * How many streams each address has, so that one address cannot take all places. It holds only addresses that have a
 * stream: never more than there are streams.
 */
export class StreamsByAddress {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  /** @param max of one address; 0: any number, and nothing is counted */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many addresses have a stream. */
  get size(): number {
    return this.#open.size;
  }

  hasRoom(address: string): boolean {
    return this.#max === 0 || (this.#open.get(address) ?? 0) < this.#max;
  }

  /** @returns a function to call once, when the stream has ended; undefined if nothing is counted */
  opened(address: string): (() => void) | undefined {
    if (this.#max === 0) return undefined;
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1);
    return () => this.#closed(address);
  }

  #closed(address: string): void {
    const left = (this.#open.get(address) ?? 0) - 1;
    if (left > 0) this.#open.set(address, left);
    else this.#open.delete(address);
  }
}
