/** One family of a page in Prometheus's text format. */
export interface Family {
    readonly name: string;
    readonly type: string;
    readonly help: string;
    /** Each sample as it stands: its name with its labels, and its value. */
    readonly samples: ReadonlyMap<string, number>;
}
export declare function parseMetrics(page: string): Family[];
/** The value of one sample, or undefined where the page has none of this name and labels. */
export declare function sampleOf(page: string, sample: string): number | undefined;
/** Every name that a query may use: those of the families, and the parts of histograms. */
export declare function queryableNames(page: string): ReadonlySet<string>;
/** The metrics of ours, or of the process, that a text names. */
export declare function metricsNamedIn(text: string): Set<string>;
