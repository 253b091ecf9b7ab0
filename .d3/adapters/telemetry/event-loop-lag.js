/**
 * How often the lag of the event loop is sampled, in milliseconds. At the library's ten, the samples alone take more
 * of a core than 15,000 idle streams may.
 */
export const LAG_SAMPLE_MS = 100;
const STATISTICS = ['min', 'max', 'mean', 'p50', 'p90', 'p99'];
/** Makes the samples lags: the library gives the time between two of them, which contains the pause that was meant. */
export function tellLagWithoutItsPause(registry) {
    for (const statistic of STATISTICS) {
        const metric = registry.getSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`);
        const set = metric.set.bind(metric);
        const setLag = (labels, seconds) => set(labels, Math.max(0, seconds - LAG_SAMPLE_MS / 1000));
        Object.assign(metric, { set: setLag });
    }
}
//# sourceMappingURL=event-loop-lag.js.map