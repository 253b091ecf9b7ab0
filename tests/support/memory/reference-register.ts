import type { Update } from '../../../domain/update.ts';

interface Told {
  readonly original: Update;
  /** As in the register: a repair replaces its original. */
  update: Update;
  /** Epoch seconds, with all digits, if the value can be compared. */
  readonly comparable: bigint | undefined;
}

/**
 * The merge rule, as slow and as plain as it can be written: a second opinion for tests. It keeps everything that it
 * received, and searches all of it for each answer.
 */
export class ReferenceRegister {
  readonly told: Told[] = [];
  /** Whether an update was stored before its predecessor, as after a store was rolled back. */
  timesWentBack = false;
  #last: Update | undefined;

  /** @param nowMs the clock when the update was received: a value further ahead than a day cannot be compared */
  take(update: Update, nowMs: number): void {
    // A repair is as old as its original.
    const later = update.isRepair === true ? [] : this.told.map((told) => told.original);
    if ([...later, this.last].some((known) => known !== undefined && update.storedAtMs < known.storedAtMs))
      this.timesWentBack = true;
    this.#last = update;
    this.told.push({ original: update, update, comparable: comparable(update.updatedAt, nowMs) });
  }

  /**
   * Accepts a repair of the update that is sent, or would be once greater ones have expired: it needs no event.
   *
   * @returns false if it is not such a repair: then it is an update like any other
   */
  takeRepair(repair: Update, horizonMs: number): boolean {
    const isShown = repair.storedAtMs > horizonMs;
    if (isShown && !this.#replaces(repair, horizonMs)) return false;
    this.#last = repair;
    return true;
  }

  #replaces(repair: Update, horizonMs: number): boolean {
    const position = this.told.findLastIndex(({ update }) => update.updatedAt === repair.updatedAt);
    const repaired = this.told[position];
    if (repaired?.comparable === undefined || repaired.update.storedAtMs <= horizonMs) return false;
    const value = repaired.comparable;
    if (this.told.slice(position + 1).some((later) => later.comparable === undefined || later.comparable >= value))
      return false;
    repaired.update = { ...repair, storedAtMs: repaired.update.storedAtMs };
    return true;
  }

  /** The last in log order that needed an event. */
  get news(): Update | undefined {
    return this.told.at(-1)?.original;
  }

  /** The last in log order. */
  get last(): Update | undefined {
    return this.#last;
  }

  /** The greatest of what was stored after `horizonMs`; if two cannot be compared, the later one. */
  newest(horizonMs: number): Update | undefined {
    let kept: Told | undefined;
    for (const told of this.told) {
      if (told.update.storedAtMs <= horizonMs) continue;
      if (kept?.comparable === undefined || told.comparable === undefined || told.comparable >= kept.comparable)
        kept = told;
    }
    return kept?.update;
  }

  /**
   * Whether a client that received the update given at `heard` does not need the one given at `owed`: an SDK that
   * compares with the greatest value would not refetch for it. A value that cannot be compared restarts the count.
   */
  settles(heard: number, owed: number): boolean {
    const [by, of] = [this.told[heard], this.told[owed]];
    if (by === undefined || of === undefined) return false;
    if (by.comparable !== undefined && of.comparable !== undefined && by.comparable >= of.comparable) return true;
    return heard >= owed && this.told.slice(owed, heard + 1).some((told) => told.comparable === undefined);
  }
}

function comparable(updatedAt: string, nowMs: number): bigint | undefined {
  const match = /^(\d+)\.(\d{6})$/.exec(updatedAt);
  if (match === null) return undefined;
  const seconds = BigInt(match[1] as string);
  if (seconds * 1000n > BigInt(Math.ceil(nowMs)) + 86_400_000n) return undefined;
  return seconds * 1_000_000n + BigInt(match[2] as string);
}
