import { type NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
/** What one publish came to. `refused`: nobody was there to take it. */
export type PublishOutcome = AppendOutcome | {
    readonly kind: 'refused';
    readonly reason: string;
}
/** The environment's last message is no update; with this as the expected sequence it would be replaced. */
 | {
    readonly kind: 'garbage';
    readonly sequence: number;
};
export interface Publish {
    readonly environment: EnvironmentId;
    readonly updatedAt: UpdatedAt;
    readonly stream: string;
    /** On the monotonic clock. It holds for all that the publish takes, the look at what stood in its way included. */
    readonly deadlineMs: number;
    readonly expectedSequence: number | undefined;
    readonly firstStoredAtMs: number | undefined;
}
/**
 * Publishes over one connection and says what JetStream answered. What is published in one turn of the event loop
 * leaves in one write, and the answers come to one inbox: the client's `request` writes for each message, and makes an
 * error with a stack for each that succeeds (docs/adr/0008).
 */
export declare class Publisher {
    #private;
    /**
     * @param passedOver called for each answer that is not JetStream's
     * @throws when the connection is closed already
     */
    constructor(connection: NatsConnection, clock: Clock, passedOver: () => void);
    /** Settles by its deadline, and never rejects. */
    publish(what: Publish): Promise<PublishOutcome>;
}
