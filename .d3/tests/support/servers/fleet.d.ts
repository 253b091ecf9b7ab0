import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import { type NatsLoss } from '../../../adapters/nats/nats-labels.ts';
import { Ledger } from '../clients/ledger.ts';
import { type RunningService } from './running-service.ts';
import { StreamClient } from '../clients/stream-client.ts';
import { TcpProxy } from './tcp-proxy.ts';
/** A service of this process on a real NATS, with a network of its own between the two. */
export declare class Instance {
    readonly service: RunningService;
    readonly proxy: TcpProxy;
    readonly subscribers: StreamClient[];
    private constructor();
    static start(natsPort: number, environment?: Record<string, string>): Promise<Instance>;
    get port(): number;
    get telemetry(): MemoryTelemetry;
    status(path: string): Promise<number>;
    subscribe(environment: string): Promise<StreamClient>;
    ready(ceilingMs?: number): Promise<void>;
    losses(reason?: NatsLoss): number;
    /** Waits until it has noticed, and lost its epoch for this reason. */
    loses(reason?: NatsLoss): Promise<void>;
    close(): Promise<void>;
}
/** Two instances that are ready, a subscriber at each, and the book of what was posted. */
export declare function startPair(natsPort: number, closing: {
    close(): Promise<void>;
}[]): Promise<{
    a: Instance;
    b: Instance;
    subscribers: StreamClient[];
    ledger: Ledger;
}>;
