import type { Worker } from 'node:cluster';
import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';

/** What a worker tells the primary. */
export type WorkerReport =
  /** It listens. */
  | { readonly halyard: 'started'; readonly ports: readonly number[] }
  /** It has read the log through: clients may be sent to it. */
  | { readonly halyard: 'ready' }
  /** Somebody asked it for the metrics, which are those of all workers. */
  | { readonly halyard: 'metricsWanted' }
  /** What it measured itself. */
  | { readonly halyard: 'measured'; readonly round: number; readonly snapshot: MetricsSnapshot };

/** What the primary tells a worker. An order may be given twice. */
export type WorkerOrder =
  | { readonly halyard: 'drain' }
  | { readonly halyard: 'measure'; readonly round: number }
  /** The answer to `metricsWanted`. */
  | { readonly halyard: 'metrics'; readonly page: string };

/** Tells the primary; without effect once it is gone. */
export function report(message: WorkerReport): void {
  if (process.connected) process.send?.(message);
}

/** Tells a worker; without effect once it is gone. */
export function order(worker: Worker, message: WorkerOrder): void {
  if (worker.isConnected()) worker.send(message);
}

/** Other parts of the process talk over the same channel: what is not ours is not looked at. */
export function isOurs(message: unknown): message is WorkerReport | WorkerOrder {
  return typeof message === 'object' && message !== null && 'halyard' in message;
}
