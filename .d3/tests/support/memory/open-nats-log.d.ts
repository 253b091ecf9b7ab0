import { NatsLog } from '../../../adapters/nats/nats-log.ts';
import type { NatsFiles } from '../../../adapters/nats/nats-files.ts';
import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import { RecordedLogger } from './recorded-logger.ts';
interface OpenedLog {
    readonly log: NatsLog;
    readonly logger: RecordedLogger;
    readonly telemetry: MemoryTelemetry;
}
/** A log on a test's own server, with what it logs and counts. */
export declare function openNatsLog(options: {
    readonly url: string;
    readonly files?: NatsFiles;
    readonly stream?: string;
    readonly replicas?: number;
    readonly retentionMs?: number;
    readonly clock?: Clock;
}): OpenedLog;
export {};
