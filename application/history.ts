import type { RecentSamples, Sample } from './ports/samples.ts';
import type { BucketCounts, Tally } from './ports/tallies.ts';

/** Fifteen minutes. */
const MAX_SAMPLES = 180;

/** Remembers the last samples. Those of several processes for the same five seconds add up. */
export class History implements RecentSamples {
  readonly #samples: Sample[] = [];

  read(): Promise<readonly Sample[]> {
    return Promise.resolve([...this.#samples]);
  }

  /** A sample older than all the others is dropped if the history is full. */
  add(sample: Sample): void {
    const place = this.#samples.findLastIndex(({ number }) => number <= sample.number);
    const other = this.#samples[place];
    if (other?.number === sample.number) this.#samples[place] = sum(other, sample);
    else this.#samples.splice(place + 1, 0, sample);
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }
}

function sum(one: Sample, other: Sample): Sample {
  return {
    number: one.number,
    streams: one.streams + other.streams,
    opened: one.opened + other.opened,
    changes: one.changes + other.changes,
    delivery: combined(one.delivery, other.delivery, 1),
    age: combined(one.age, other.age, 1),
  };
}

/** What was counted after an earlier tally. */
export function since(earlier: Tally, now: Tally): Tally {
  return {
    opened: now.opened - earlier.opened,
    changes: now.changes - earlier.changes,
    delivery: combined(now.delivery, earlier.delivery, -1),
    age: combined(now.age, earlier.age, -1),
  };
}

/** A worker of another version may have other buckets, which cannot be added: its times are left out. */
function combined(one: BucketCounts, other: BucketCounts, sign: 1 | -1): BucketCounts {
  if (one.bounds.join() !== other.bounds.join()) return one;
  return { bounds: one.bounds, counts: one.counts.map((count, bucket) => count + sign * (other.counts[bucket] ?? 0)) };
}
