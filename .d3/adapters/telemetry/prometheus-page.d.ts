import { Registry } from 'prom-client';
import type { MetricsPage } from '../../application/ports/metrics-page.ts';
import type { Gauges } from '../../application/ports/gauges.ts';
/** What one process measured, in a form that can be sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;
/** The whole of `/metricsz`: what was counted, what is true now, and the process. Text format 0.0.4. */
export declare class PrometheusPage implements MetricsPage {
    #private;
    readonly contentType: "text/plain; version=0.0.4; charset=utf-8";
    constructor(counted: Registry, signs: Gauges, build: {
        readonly version: string;
        readonly node: string;
    });
    render(): Promise<string>;
    snapshot(): Promise<MetricsSnapshot>;
    /** One snapshot for several processes. */
    static merge(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot>;
    /** One page for several processes: counts and subscribers are added up, the worst of the states is shown. */
    static gather(snapshots: readonly MetricsSnapshot[]): Promise<string>;
}
