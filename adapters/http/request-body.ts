/**
 * The part of a request's body that has arrived, in one piece of memory: a body sent byte by byte takes no
 * more, while a buffer for each piece would take hundreds of times as much as it holds.
 */
export class RequestBody {
  readonly #limitBytes: number;
  #memory = Buffer.alloc(0);
  #length = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /**
   * Takes a copy of the next piece.
   *
   * @returns false if it goes beyond the limit: then it is dropped
   */
  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.byteLength;
    if (length > this.#limitBytes) return false;
    if (length > this.#memory.length) this.#growTo(Math.min(this.#limitBytes, Math.max(length, 2 * this.#length)));
    this.#memory.set(piece, this.#length);
    this.#length = length;
    return true;
  }

  #growTo(bytes: number): void {
    const memory = Buffer.allocUnsafe(bytes);
    this.#memory.copy(memory, 0, 0, this.#length);
    this.#memory = memory;
  }
}
