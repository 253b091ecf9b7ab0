import type { Container } from 'inversify';
import type { MemoryLog, MemoryStore } from '../../../adapters/memory/memory-log.ts';
import { MemorySocket } from '../../../adapters/memory/memory-socket.ts';
import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import { type EnvironmentId } from '../../../domain/environment-id.ts';
import type { Update } from '../../../domain/update.ts';
import { type UpdatedAt } from '../../../domain/updated-at.ts';
import { RecordingEncoder } from '../../../infrastructure/testing/recording-encoder.ts';
import { RecordedLogger } from './recorded-logger.ts';
export declare function env(key: string): EnvironmentId;
export declare function time(value: unknown): UpdatedAt;
/** A whole instance in memory, on a clock that is stepped: no sockets, no timers, nothing that waits. */
export declare class MemoryInstance {
    readonly clock: StepClock;
    readonly store: MemoryStore;
    readonly log: MemoryLog;
    readonly telemetry: MemoryTelemetry;
    readonly encoder: RecordingEncoder;
    readonly logger: RecordedLogger;
    readonly container: Container;
    /** @param shared what another instance has, to be on one log with it */
    constructor(environment?: Record<string, string>, shared?: {
        clock: StepClock;
        store: MemoryStore;
    });
    get hub(): import("../../../application/hub.ts").Hub;
    /** Starts it, and lets it read the log. */
    start(): Promise<this>;
    /** Drains it; time has to pass meanwhile. */
    stop(): Promise<void>;
    subscribe(key: string, lastEventId?: string, address?: string): MemorySubscriber;
    publish(key: string, value: unknown): Promise<'stored' | 'unavailable'>;
    /** What the store holds last of each environment, as an instance that starts now reads it. */
    get stored(): ReadonlyMap<string, Update>;
    /** Publishes, and lets it reach everybody. */
    published(key: string, value: unknown): Promise<'stored' | 'unavailable'>;
}
export declare class MemorySubscriber {
    readonly socket: MemorySocket;
    readonly stream: StreamHandle;
    constructor(socket: MemorySocket, stream: StreamHandle);
    /** The times that were written to it, in order. */
    get heard(): readonly string[];
    readOn(): void;
    vanish(): void;
}
