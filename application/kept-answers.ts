import type { ApiAnswer } from './ports/flagsmith-api.ts';

/** What an entry takes besides its bodies: its headers, its key, and the objects that hold them. */
const ENTRY_BYTES = 2048;

export interface KeptAnswer {
  readonly answer: ApiAnswer;
  /** When its request was sent, on the monotonic clock: the answer is as new as that. */
  readonly sentMs: number;
  /** The environment has changed since then. */
  isOld: boolean;
}

/** The last good answers, by bytes. Beyond the bound the one that was read longest ago is dropped. */
export class KeptAnswers {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, KeptAnswer>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Does not count as a read. */
  peek(id: string): KeptAnswer | undefined {
    return this.#entries.get(id);
  }

  read(id: string): KeptAnswer | undefined {
    const kept = this.#entries.get(id);
    if (kept === undefined) return undefined;
    this.#entries.delete(id);
    this.#entries.set(id, kept);
    return kept;
  }

  keep(id: string, kept: KeptAnswer): void {
    this.delete(id);
    this.#entries.set(id, kept);
    this.#bytes += sizeOf(kept);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(id: string): void {
    const kept = this.#entries.get(id);
    if (kept === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= sizeOf(kept);
  }
}

function sizeOf({ answer }: KeptAnswer): number {
  return answer.body.byteLength + (answer.gzip?.byteLength ?? 0) + ENTRY_BYTES;
}
