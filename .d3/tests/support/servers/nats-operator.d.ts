import { nkeys } from '@nats-io/transport-node';
type KeyPair = ReturnType<typeof nkeys.createUser>;
/**
 * The decentralised way in which accounts of NATS are made: an operator signs accounts, and an account its users, who
 * need not be known to the server. What `nsc` does, as far as a test needs it.
 */
export declare class NatsOperator {
    #private;
    /** Lines for a server's configuration. */
    get config(): string;
    /** A user's credentials as in a file of `nsc`. */
    credentials(options?: {
        readonly seedOf?: KeyPair;
        readonly expiresAtMs?: number;
    }): string;
}
export {};
