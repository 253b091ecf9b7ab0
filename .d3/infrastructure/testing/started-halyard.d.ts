import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import type { Health } from '../../application/health.ts';
import type { Hub } from '../../application/hub.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { QueueChange } from '../../application/queue-change.ts';
import type { Service } from '../service.ts';
import type { LiveStepClock } from './live-step-clock.ts';
import type { Outage, SteppedHalyard } from './running-halyard.ts';
interface Parts {
    readonly service: Service;
    readonly log: MemoryLog;
    readonly clock: Clock;
    /** The same clock, where its time is stepped. */
    readonly stepped: LiveStepClock | undefined;
    readonly hub: Hub;
    readonly changes: QueueChange;
    readonly health: Health;
}
/** The service behind `startHalyard`. */
export declare class StartedHalyard implements SteppedHalyard {
    #private;
    readonly url: string;
    readonly token: string;
    constructor(url: string, token: string, parts: Parts);
    publish(environment: string, updatedAt: number | string): Promise<'stored' | 'unavailable'>;
    subscribers(environment?: string): number;
    outage({ kind, ms }: Outage): Promise<void>;
    restore(): Promise<void>;
    advance(ms: number): Promise<void>;
    stop(): Promise<void>;
    /** Resolves when it follows its log, or when an outage keeps it from that. */
    untilReady(): Promise<void>;
}
export {};
