import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import type { Slices } from '../../application/hub.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { HttpListener } from '../../application/ports/http-listener.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Config } from '../../infrastructure/config.ts';
import { ReferenceRegister } from '../support/memory/reference-register.ts';
import { InstanceClock } from './instance-clock.ts';
import type { RecordedStore } from './recorded-store.ts';
import { SimulatedLog } from './simulated-log.ts';
/** Where an instance takes streams and changes, and whether it does. */
declare class Door implements HttpListener {
    readonly ports: readonly number[];
    open: boolean;
    closed: boolean;
    listen(): Promise<void>;
    stopListening(): void;
    close(): Promise<void>;
}
/** A whole service of the real parts, composed by the real container; only the edges are simulated. */
export declare class Instance {
    #private;
    readonly clock: InstanceClock;
    readonly log: SimulatedLog;
    readonly telemetry: MemoryTelemetry;
    readonly door: Door;
    readonly parts: {
        hub: import("../../application/hub.ts").Hub;
        pending: import("../../application/pending-updates.ts").PendingUpdates;
        repairs: import("../../application/repairs.ts").Repairs;
        changes: import("../../application/queue-change.ts").QueueChange;
        streams: import("../../application/ports/streams.ts").Streams;
        health: import("../../application/health.ts").Health;
        service: import("../../infrastructure/service.ts").Service;
    };
    constructor(config: Config & {
        readonly slices: Slices;
    }, world: Clock, store: RecordedStore, random: () => number, report: (line: string) => void);
    get caughtUp(): boolean;
    told(environment: EnvironmentId): ReferenceRegister;
    /** Nothing of it runs on, and nobody hears of it again. */
    crash(): void;
}
export {};
