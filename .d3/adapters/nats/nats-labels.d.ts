/** What failed, when an error is counted. These are names of the original's metric, as far as this log has a use for them. */
export declare const NATS_OPERATIONS: readonly ["connect", "publish", "create_jetstream", "create_consumer", "read"];
export type NatsOperation = (typeof NATS_OPERATIONS)[number];
/** Why an epoch was lost. */
export declare const NATS_LOSSES: readonly ["disconnected", "sequence_gap", "heartbeat_ahead", "heartbeats_missed", "consumer_gone", "consumer_failed"];
export type NatsLoss = (typeof NATS_LOSSES)[number];
