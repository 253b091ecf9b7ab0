function register(registry, about, type, values) {
    const { name, help, aggregator = 'sum' } = about;
    const family = { name, get: () => Promise.resolve({ name, help, type, aggregator, values: values() }) };
    // A registry only ever asks for these two; the declared type is the union of the library's own classes.
    registry.registerMetric(family);
}
/** A counter without labels. */
export class Count {
    #value = 0;
    constructor(registry, about) {
        register(registry, about, 'counter', () => [{ value: this.#value, labels: {} }]);
    }
    add(count = 1) {
        this.#value += count;
    }
}
/** A counter with one label of known values, all of which are there from the start. */
export class LabelledCount {
    #counts;
    constructor(registry, about) {
        const values = Object.keys(about.values);
        this.#counts = Object.fromEntries(values.map((value) => [value, 0]));
        register(registry, about, 'counter', () => values.map((value) => ({ value: this.#counts[value], labels: { [about.label]: value } })));
    }
    add(value, count = 1) {
        this.#counts[value] += count;
    }
}
const OTHER = 'other';
/** The same with values that others declare. What was not declared is counted as `other`, so that it stays bounded. */
export class DeclaredCount {
    #count;
    #declared;
    constructor(registry, about) {
        this.#declared = new Set(about.declared);
        const values = Object.fromEntries([...this.#declared, OTHER].map((value) => [value, true]));
        this.#count = new LabelledCount(registry, { ...about, values });
    }
    add(value) {
        this.#count.add(this.#declared.has(value) ? value : OTHER);
    }
}
/** A histogram of seconds whose observations may count for many. */
export class Distribution {
    #bounds;
    /** One more than there are bounds: what is beyond the last. */
    #counts;
    #sum = 0;
    /** @param bounds the buckets' upper bounds in seconds, ascending */
    constructor(registry, about) {
        this.#bounds = about.bounds;
        this.#counts = Array(about.bounds.length + 1).fill(0);
        register(registry, about, 'histogram', () => this.#values(about.name));
    }
    observe(seconds, count = 1) {
        let bucket = 0;
        while (bucket < this.#bounds.length && seconds > this.#bounds[bucket])
            bucket++;
        this.#counts[bucket] += count;
        this.#sum += seconds * count;
    }
    #values(name) {
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
/** A gauge that is read when it is asked for. */
export function gauge(registry, about, read) {
    register(registry, about, 'gauge', () => [{ value: read(), labels: {} }]);
}
/** A gauge with labels, each set of which is there all the time. */
export function labelledGauge(registry, about, read) {
    register(registry, about, 'gauge', () => [...read()]);
}
//# sourceMappingURL=metric-family.js.map