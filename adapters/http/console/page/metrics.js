// Reads the text of /metricsz, and what changed between two readings of it.

/** One reading of the metrics of all workers. */
export class Metrics {
  #samples = new Map();

  /** @param {string} text in Prometheus's format */
  constructor(text) {
    this.atMs = performance.now();
    for (const line of text.split('\n')) {
      const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (sample === null) continue;
      const [, name, labels = '', value] = sample;
      if (!this.#samples.has(name)) this.#samples.set(name, new Map());
      this.#samples.get(name).set(labels, Number(value === '+Inf' ? Infinity : value));
    }
  }

  /** The sum over all labels; undefined: there is no such metric. */
  sum(name) {
    const samples = this.#samples.get(name);
    return samples && [...samples.values()].reduce((sum, value) => sum + value, 0);
  }

  /** Values by one label. */
  by(name, label) {
    const values = new Map();
    for (const [labels, value] of this.#samples.get(name) ?? []) {
      const key = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1];
      if (key !== undefined) values.set(key, (values.get(key) ?? 0) + value);
    }
    return values;
  }

  /** How much a counter grew in a second since an earlier reading. */
  rate(name, before) {
    const [now, then] = [this.sum(name), before.sum(name)];
    if (now === undefined || then === undefined) return undefined;
    return (Math.max(0, now - then) * 1000) / (this.atMs - before.atMs);
  }

  /** A quantile of what a histogram counted since an earlier reading; undefined: nothing. */
  quantile(name, quantile, before) {
    const then = before.by(`${name}_bucket`, 'le');
    const below = [...this.by(`${name}_bucket`, 'le')]
      .map(([bound, count]) => [bound === '+Inf' ? Infinity : Number(bound), count - (then.get(bound) ?? 0)])
      .sort(([a], [b]) => a - b);
    return quantileOf(below, quantile);
  }
}

/**
 * A quantile of a histogram; undefined: it has counted nothing.
 *
 * @param {[bound: number, count: number][]} below how many are at or below each bound, ascending; the last has all
 */
export function quantileOf(below, quantile) {
  const all = below.at(-1)?.[1] ?? 0;
  if (all <= 0) return undefined;
  let [lower, before] = [0, 0];
  for (const [bound, count] of below) {
    if (count >= quantile * all)
      return bound === Infinity ? lower : lower + ((quantile * all - before) / (count - before || 1)) * (bound - lower);
    [lower, before] = [bound, count];
  }
  return lower;
}
