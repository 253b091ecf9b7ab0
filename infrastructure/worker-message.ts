import type { Worker } from 'node:cluster';
import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';
import type { Sample } from '../application/ports/samples.ts';

/** What a worker reports to the primary. */
export type WorkerReport =
  /** It listens. */
  | { readonly halyard: 'started'; readonly ports: readonly number[] }
  /** It has read the whole log: it may receive clients. */
  | { readonly halyard: 'ready' }
  /** A request for the metrics arrived; they have to be those of all workers. */
  | { readonly halyard: 'metricsWanted' }
  /** What it measured itself. */
  | { readonly halyard: 'measured'; readonly round: number; readonly snapshot: MetricsSnapshot }
  /** What happened in the last five seconds, for the console. */
  | { readonly halyard: 'sampled'; readonly sample: Sample }
  /** A console was opened. */
  | { readonly halyard: 'historyWanted' };

/** What the primary orders a worker to do. An order may arrive twice. */
export type WorkerOrder =
  | { readonly halyard: 'drain' }
  | { readonly halyard: 'measure'; readonly round: number }
  /** The answer to `metricsWanted`. */
  | { readonly halyard: 'metrics'; readonly page: string }
  /** The answer to `historyWanted`. */
  | { readonly halyard: 'history'; readonly samples: readonly Sample[] };

/** A worker's connection to its primary. */
export interface Primary {
  report(message: WorkerReport): void;
  onOrder(take: (message: WorkerOrder) => void): void;
}

/** Reports to the primary; without effect once it has ended. */
export function report(message: WorkerReport): void {
  // The end of a killed primary is noticed a moment later: without a handler, the error of this would be a crash.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Handles each order of the primary. */
export function onOrder(take: (message: WorkerOrder) => void): void {
  process.on('message', (message: unknown) => {
    if (isOrder(message)) take(message);
  });
}

/** Orders a worker; without effect once it has ended. */
export function order(worker: Worker, message: WorkerOrder): void {
  if (worker.isConnected()) worker.send(message);
}

/**
 * Other parts of the process use the same channel, and a worker that replaces another may be of a newer version than
 * its primary: a message that does not have the whole shape of ours is ignored.
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
