import type { Worker } from 'node:cluster';
import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';
/** What a worker tells the primary. */
export type WorkerReport = 
/** It listens. */
{
    readonly halyard: 'started';
    readonly ports: readonly number[];
}
/** It has read the log through: clients may be sent to it. */
 | {
    readonly halyard: 'ready';
}
/** Somebody asked it for the metrics, which are those of all workers. */
 | {
    readonly halyard: 'metricsWanted';
}
/** What it measured itself. */
 | {
    readonly halyard: 'measured';
    readonly round: number;
    readonly snapshot: MetricsSnapshot;
};
/** What the primary tells a worker. An order may be given twice. */
export type WorkerOrder = {
    readonly halyard: 'drain';
} | {
    readonly halyard: 'measure';
    readonly round: number;
}
/** The answer to `metricsWanted`. */
 | {
    readonly halyard: 'metrics';
    readonly page: string;
};
/** A worker's line to its primary. */
export interface Primary {
    report(message: WorkerReport): void;
    onOrder(take: (message: WorkerOrder) => void): void;
}
/** Tells the primary; without effect once it is gone. */
export declare function report(message: WorkerReport): void;
/** Takes each order of the primary. */
export declare function onOrder(take: (message: WorkerOrder) => void): void;
/** Tells a worker; without effect once it is gone. */
export declare function order(worker: Worker, message: WorkerOrder): void;
/**
 * Other parts of the process talk over the same channel, and a worker that replaces another may be of a newer version
 * than its primary: what has not the whole shape of ours is not looked at.
 */
export declare function isReport(message: unknown): message is WorkerReport;
/** The same for what comes from the primary. */
export declare function isOrder(message: unknown): message is WorkerOrder;
