import type { Metric, Registry } from 'prom-client';
import type { BucketCounts } from '../../application/ports/tallies.ts';

/**
 * The families of our own metrics. prom-client keeps its values by a hash of their labels, which it computes at every
 * increment, and cannot observe a value several times at once. So values are kept in plain arrays here, and converted
 * to its form when they are read.
 */
interface About {
  readonly name: string;
  readonly help: string;
  /** How the figures of several worker processes are combined. */
  readonly aggregator?: 'sum' | 'min' | 'max' | 'first';
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly metricName?: string;
}

type Type = 'counter' | 'gauge' | 'histogram';

function register(registry: Registry, about: About, type: Type, values: () => Value[]): void {
  const { name, help, aggregator = 'sum' } = about;
  const family = { name, get: () => Promise.resolve({ name, help, type, aggregator, values: values() }) };
  // A registry only ever asks for these two; the declared type is the union of the library's own classes.
  registry.registerMetric(family as unknown as Metric);
}

/** A counter without labels. */
export class Count {
  #value = 0;

  constructor(registry: Registry, about: About) {
    register(registry, about, 'counter', () => [{ value: this.#value, labels: {} }]);
  }

  get value(): number {
    return this.#value;
  }

  add(count = 1): void {
    this.#value += count;
  }
}

/** A counter with one label of known values, all present from the start. */
export class LabelledCount<V extends string> {
  readonly #counts: Record<V, number>;

  constructor(
    registry: Registry,
    about: About & { readonly label: string; readonly values: Readonly<Record<V, true>> },
  ) {
    const values = Object.keys(about.values) as V[];
    this.#counts = Object.fromEntries(values.map((value) => [value, 0])) as Record<V, number>;
    register(registry, about, 'counter', () =>
      values.map((value) => ({ value: this.#counts[value], labels: { [about.label]: value } })),
    );
  }

  get sum(): number {
    return Object.values<number>(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  add(value: V, count = 1): void {
    this.#counts[value] += count;
  }
}

const OTHER = 'other';

/**
 * The same with values that logs declare. An undeclared value is counted as `other`, so that the labels stay bounded.
 */
export class DeclaredCount {
  readonly #count: LabelledCount<string>;
  readonly #declared: ReadonlySet<string>;

  constructor(registry: Registry, about: About & { readonly label: string; readonly declared: readonly string[] }) {
    this.#declared = new Set(about.declared);
    const values = Object.fromEntries([...this.#declared, OTHER].map((value) => [value, true as const]));
    this.#count = new LabelledCount(registry, { ...about, values });
  }

  add(value: string): void {
    this.#count.add(this.#declared.has(value) ? value : OTHER);
  }
}

/** A histogram of seconds. One call may count many observations. */
export class Distribution {
  readonly #bounds: readonly number[];
  /** One more than there are bounds, for values beyond the last. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds the buckets' upper bounds in seconds, ascending */
  constructor(registry: Registry, about: About & { readonly bounds: readonly number[] }) {
    this.#bounds = about.bounds;
    this.#counts = Array<number>(about.bounds.length + 1).fill(0);
    register(registry, about, 'histogram', () => this.#values(about.name));
  }

  /** A copy of the current counts. */
  get buckets(): BucketCounts {
    return { bounds: this.#bounds, counts: [...this.#counts] };
  }

  observe(seconds: number, count = 1): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] as number)) bucket++;
    (this.#counts[bucket] as number) += count;
    this.#sum += seconds * count;
  }

  #values(name: string): Value[] {
    let below = 0;
    const buckets = this.#counts.map((count, bucket) => {
      below += count;
      const le = String(this.#bounds[bucket] ?? '+Inf');
      return { value: below, labels: { le }, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { value: this.#sum, labels: {}, metricName: `${name}_sum` },
      { value: below, labels: {}, metricName: `${name}_count` },
    ];
  }
}

/** A gauge that is read on demand. */
export function gauge(registry: Registry, about: About, read: () => number): void {
  register(registry, about, 'gauge', () => [{ value: read(), labels: {} }]);
}

/** A gauge with a value for each set of labels. Without any, only its name and help are shown. */
export function labelledGauge(
  registry: Registry,
  about: About,
  read: () => readonly { readonly value: number; readonly labels: Readonly<Record<string, string>> }[],
): void {
  register(registry, about, 'gauge', () => [...read()]);
}
