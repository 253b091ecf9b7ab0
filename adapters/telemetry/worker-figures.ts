import type { MetricsSnapshot } from './prometheus-page.ts';

type Family = MetricsSnapshot[number];

/** What is shown of each worker, and the metric behind it. */
const FIGURES = [
  ['halyard_worker_subscribers', 'flagsmith_sse_subscribers', 'Open streams of each worker.'],
  [
    'halyard_worker_channels_spreading',
    'halyard_channels_spreading',
    'Environments whose subscribers are being sent an update, or wait for one, of each worker.',
  ],
  ['halyard_worker_log_connected', 'halyard_log_connected', 'Whether the log is connected, of each worker.'],
  [
    'halyard_worker_log_caught_up',
    'halyard_log_caught_up',
    'Whether the log has been read to its end and is followed, of each worker.',
  ],
  ['halyard_worker_resident_memory_bytes', 'process_resident_memory_bytes', 'Resident memory, of each worker.'],
  [
    'halyard_worker_eventloop_lag_p99_seconds',
    'nodejs_eventloop_lag_p99_seconds',
    'The 99th percentile of the event loop lag, of each worker.',
  ],
] as const;

/**
 * The figures of each worker, beside the sums: a worker that is stuck or cut off from the log does not show in those.
 *
 * @param workers by their ids; undefined: it did not answer
 */
export function workerFigures(workers: ReadonlyMap<number, MetricsSnapshot | undefined>): MetricsSnapshot {
  const answers = [...workers].map(([worker, snapshot]) => sample(worker, Number(snapshot !== undefined)));
  const up = family('halyard_worker_up', 'Whether a worker answered when it was asked for its metrics.', answers);
  const figures = FIGURES.map(([name, from, help]) => {
    const values = [...workers].flatMap(([worker, snapshot]) => {
      const value = snapshot?.find((metric) => metric.name === from)?.values[0]?.value;
      return value === undefined ? [] : [sample(worker, value)];
    });
    return family(name, help, values);
  });
  return [up, ...figures];
}

function sample(worker: number, value: number): Family['values'][number] {
  return { value, labels: { worker: String(worker) } };
}

/** The library declares its types as numbers, but uses their names. */
function family(name: string, help: string, values: Family['values']): Family {
  return { name, help, type: 'gauge', aggregator: 'sum', values } as unknown as Family;
}
