/** What failed, when an error is counted. These are names of the original's metric, as far as this log has a use for them. */
export const NATS_OPERATIONS = ['connect', 'publish', 'create_jetstream', 'create_consumer', 'read'];
/** Why an epoch was lost. */
export const NATS_LOSSES = [
    'disconnected',
    'sequence_gap',
    'heartbeat_ahead',
    'heartbeats_missed',
    'consumer_gone',
    'consumer_failed',
];
//# sourceMappingURL=nats-labels.js.map