/** Where a delivered message stands: in the stream, and in what its consumer was sent. */
export interface Position {
    readonly streamSequence: number;
    /** 1 for the first message of a consumer, and one more with each. */
    readonly deliverySequence: number;
    readonly storedAtMs: number;
    /** How many more the consumer has for us at this moment. */
    readonly pending: number;
}
/**
 * Reads the reply subject of a delivered message, which JetStream uses for its metadata:
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<nanoseconds>.<pending>`, since 2.9 with a
 * domain and an account before the stream, and a random token at the end.
 */
export declare function parsePosition(reply: string | undefined): Position | undefined;
