import type { Gauge, Registry } from 'prom-client';

/**
 * How often the lag of the event loop is sampled, in milliseconds. At the library's ten, the samples alone take more of
 * a core than 15,000 idle streams may take.
 */
export const LAG_SAMPLE_MS = 100;

const STATISTICS = ['min', 'max', 'mean', 'p50', 'p90', 'p99'];

/** Turns the samples into lags: the library gives the time between two samples, which includes the intended pause. */
export function tellLagWithoutItsPause(registry: Registry): void {
  for (const statistic of STATISTICS) {
    const metric = registry.getSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`) as Gauge;
    const set = metric.set.bind(metric) as (labels: object, seconds: number) => void;
    const setLag: typeof set = (labels, seconds) => set(labels, Math.max(0, seconds - LAG_SAMPLE_MS / 1000));
    Object.assign(metric, { set: setLag });
  }
}
