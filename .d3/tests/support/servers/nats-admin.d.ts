import { type JetStreamManager } from '@nats-io/jetstream';
import { type NatsConnection } from '@nats-io/transport-node';
export declare const STREAM = "environments-stream";
/** An operator with a connection of their own, who does to the stream what operators do. */
export declare class NatsAdmin {
    readonly connection: NatsConnection;
    readonly manager: JetStreamManager;
    private constructor();
    static connect(...ports: number[]): Promise<NatsAdmin>;
    /** Publishes as anyone may, and returns when the stream has it. */
    publish(environment: string, message: string | Uint8Array): Promise<void>;
    consumers(stream?: string): Promise<readonly string[]>;
    deleteConsumers(stream?: string): Promise<void>;
    close(): Promise<void>;
}
