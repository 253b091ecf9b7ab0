import type { NatsServer } from '../support/servers/nats-server.ts';
export interface SoakOptions {
    readonly seconds: number;
    readonly clients: number;
    readonly environment?: Record<string, string>;
    /** The log is there, and is killed or held up every so often; without one it is in memory. */
    readonly faults?: {
        readonly nats: NatsServer;
        readonly everySeconds: number;
    };
    readonly onSample?: (sample: Sample) => void;
}
export interface Sample {
    readonly seconds: number;
    readonly residentMb: number;
    readonly heapMb: number;
    readonly files: number;
    readonly subscribers: number;
}
/** What must be as it was when everybody is gone. */
export interface Remains {
    readonly files: number;
    readonly timers: number;
    readonly subscribers: number;
    readonly channels: number;
}
export interface SoakReport {
    readonly samples: readonly Sample[];
    /** Changes that were acknowledged, and those that were refused while the log was away. */
    readonly posts: number;
    readonly refused: number;
    readonly streams: number;
    readonly faults: number;
    /** The slopes over the second half of the run; that of V8's heap is of what it falls back to. */
    readonly residentMbPerHour: number;
    readonly heapMbPerHour: number;
    readonly before: Remains;
    readonly after: Remains;
    readonly exitCode: number;
}
/**
 * Runs the service as a process of its own under churn: streams that come, stay, stop reading, and go by every way,
 * and changes all the while, by two callers at once whose times go backwards now and then. At the end everybody goes,
 * and nothing may be left.
 */
export declare function soak(options: SoakOptions): Promise<SoakReport>;
/** Whether there is more of anything than there was before the first stream. */
export declare function isAnythingLeft({ before, after }: Pick<SoakReport, 'before' | 'after'>): boolean;
