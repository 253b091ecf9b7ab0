import type { WriteOutcome } from './subscriber-socket.ts';
/** Counts writes as they happen, so that telemetry is told once a slice and not once a delivery. */
export declare class WriteTally {
    updates: number;
    keepAlives: number;
    failedUpdates: number;
    failedKeepAlives: number;
    count(message: 'data' | 'keepalive', outcome: WriteOutcome): void;
    reset(): void;
}
