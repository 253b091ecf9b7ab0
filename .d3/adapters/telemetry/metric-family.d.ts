import type { Registry } from 'prom-client';
/**
 * The families of our own metrics. prom-client keeps its values by a hash of their labels, which it makes anew at every
 * increment, and cannot observe a value several times at once; so values are kept in plain arrays here, and handed over
 * in its own form when somebody reads them.
 */
interface About {
    readonly name: string;
    readonly help: string;
    /** How the figures of several worker processes become one. */
    readonly aggregator?: 'sum' | 'min' | 'max' | 'first';
}
/** A counter without labels. */
export declare class Count {
    #private;
    constructor(registry: Registry, about: About);
    add(count?: number): void;
}
/** A counter with one label of known values, all of which are there from the start. */
export declare class LabelledCount<V extends string> {
    #private;
    constructor(registry: Registry, about: About & {
        readonly label: string;
        readonly values: Readonly<Record<V, true>>;
    });
    add(value: V, count?: number): void;
}
/** The same with values that others declare. What was not declared is counted as `other`, so that it stays bounded. */
export declare class DeclaredCount {
    #private;
    constructor(registry: Registry, about: About & {
        readonly label: string;
        readonly declared: readonly string[];
    });
    add(value: string): void;
}
/** A histogram of seconds whose observations may count for many. */
export declare class Distribution {
    #private;
    /** @param bounds the buckets' upper bounds in seconds, ascending */
    constructor(registry: Registry, about: About & {
        readonly bounds: readonly number[];
    });
    observe(seconds: number, count?: number): void;
}
/** A gauge that is read when it is asked for. */
export declare function gauge(registry: Registry, about: About, read: () => number): void;
/** A gauge with labels, each set of which is there all the time. */
export declare function labelledGauge(registry: Registry, about: About, read: () => readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string>>;
}[]): void;
export {};
