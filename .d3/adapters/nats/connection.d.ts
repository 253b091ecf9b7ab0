import { type NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '../../application/ports/clock.ts';
import { type NatsFiles } from './nats-files.ts';
import type { NatsAddress } from './nats-url.ts';
interface Surroundings {
    readonly clock: Clock;
    readonly random: () => number;
}
/**
 * Dials NATS, one life for each connection: the client's own reconnecting is off. What it buffers while it is down
 * would be published on its return, however late, and undo whatever was stored in between; here a lost connection
 * takes everything with it that was in flight. And the errors of its first connect would reach nobody.
 *
 * `nats://` is in clear text unless the server requires TLS. With `tls://`, or files for TLS, it never is.
 */
export declare class Dialer {
    #private;
    constructor(address: NatsAddress, files: NatsFiles, surroundings: Surroundings);
    /** @throws why no server could be used: files, not reached, not NATS, TLS, credentials */
    dial(): Promise<NatsConnection>;
}
/** A server that still answers a ping has only refused or delayed a request: its connection is worth keeping. */
export declare function answersPing(connection: NatsConnection, timeoutMs: number, clock: Clock): Promise<boolean>;
export {};
