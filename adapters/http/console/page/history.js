// What happened before the page was opened, as the service remembers it.

import { quantileOf } from './metrics.js';

/**
 * The figures of each sample, the oldest first, each with how long ago it was. The newest is taken to be of now: the
 * clocks of the service and of this machine may differ.
 *
 * @param {{ sampleMs: number, samples: object[] }} history the answer of /console/history
 */
export function pastFigures({ sampleMs, samples }) {
  const newest = samples.at(-1)?.number;
  return samples.map(({ number, streams, opened, changes, delivery, age }) => ({
    agoMs: (newest - number) * sampleMs,
    figures: {
      streams,
      p50: quantileOf(cumulative(delivery), 0.5),
      p99: quantileOf(cumulative(delivery), 0.99),
      age: quantileOf(cumulative(age), 0.5),
      opened: (opened * 1000) / sampleMs,
      changes: (changes * 1000) / sampleMs,
    },
  }));
}

function cumulative({ bounds, counts }) {
  let below = 0;
  return counts.map((count, bucket) => [bounds[bucket] ?? Infinity, (below += count)]);
}
