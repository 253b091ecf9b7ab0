import type { Worker } from 'node:cluster';
import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';
import type { Sample } from '../application/ports/samples.ts';

/** What a worker tells the primary. */
export type WorkerReport =
  /** It listens. */
  | { readonly halyard: 'started'; readonly ports: readonly number[] }
  /** It has read the log through: clients may be sent to it. */
  | { readonly halyard: 'ready' }
  /** Somebody asked it for the metrics, which are those of all workers. */
  | { readonly halyard: 'metricsWanted' }
  /** What it measured itself. */
  | { readonly halyard: 'measured'; readonly round: number; readonly snapshot: MetricsSnapshot }
  /** What happened in the last five seconds, for the console. */
  | { readonly halyard: 'sampled'; readonly sample: Sample }
  /** A console was opened. */
  | { readonly halyard: 'historyWanted' };

/** What the primary tells a worker. An order may be given twice. */
export type WorkerOrder =
  | { readonly halyard: 'drain' }
  | { readonly halyard: 'measure'; readonly round: number }
  /** The answer to `metricsWanted`. */
  | { readonly halyard: 'metrics'; readonly page: string }
  /** The answer to `historyWanted`. */
  | { readonly halyard: 'history'; readonly samples: readonly Sample[] };

/** A worker's line to its primary. */
export interface Primary {
  report(message: WorkerReport): void;
  onOrder(take: (message: WorkerOrder) => void): void;
}

/** Tells the primary; without effect once it is gone. */
export function report(message: WorkerReport): void {
  // One that is killed is known to be gone a moment later: with nobody to take it, that error would be a crash here.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Takes each order of the primary. */
export function onOrder(take: (message: WorkerOrder) => void): void {
  process.on('message', (message: unknown) => {
    if (isOrder(message)) take(message);
  });
}

/** Tells a worker; without effect once it is gone. */
export function order(worker: Worker, message: WorkerOrder): void {
  if (worker.isConnected()) worker.send(message);
}

/**
 * Other parts of the process talk over the same channel, and a worker that replaces another may be of a newer version
 * than its primary: what has not the whole shape of ours is not looked at.
 */
export function isReport(message: unknown): message is WorkerReport {
  if (!isObject(message)) return false;
  switch (message['halyard']) {
    case 'ready':
    case 'metricsWanted':
    case 'historyWanted':
      return true;
    case 'started':
      return Array.isArray(message['ports']) && message['ports'].every((port) => typeof port === 'number');
    case 'measured':
      return typeof message['round'] === 'number' && isSnapshot(message['snapshot']);
    case 'sampled':
      return isSample(message['sample']);
    default:
      return false;
  }
}

/** The same for what comes from the primary. */
export function isOrder(message: unknown): message is WorkerOrder {
  if (!isObject(message)) return false;
  switch (message['halyard']) {
    case 'drain':
      return true;
    case 'measure':
      return typeof message['round'] === 'number';
    case 'metrics':
      return typeof message['page'] === 'string';
    case 'history':
      return Array.isArray(message['samples']) && message['samples'].every(isSample);
    default:
      return false;
  }
}

function isSnapshot(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((metric) => isObject(metric) && isText(metric['name'], metric['type']) && isValues(metric['values']))
  );
}

function isValues(value: unknown): boolean {
  return Array.isArray(value) && value.every((sample) => isObject(sample) && isObject(sample['labels']));
}

function isSample(value: unknown): boolean {
  return (
    isObject(value) &&
    isNumbers([value['number'], value['streams'], value['opened'], value['changes']]) &&
    [value['delivery'], value['age']].every(
      (buckets) => isObject(buckets) && isNumbers(buckets['bounds']) && isNumbers(buckets['counts']),
    )
  );
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

function isText(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
