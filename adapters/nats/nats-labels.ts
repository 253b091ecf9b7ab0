/** What failed, when an error is counted. These are the names of the original's metric that apply to this log. */
export const NATS_OPERATIONS = ['connect', 'publish', 'create_jetstream', 'create_consumer', 'read'] as const;
export type NatsOperation = (typeof NATS_OPERATIONS)[number];

/** Why an epoch was lost. */
export const NATS_LOSSES = [
  'disconnected',
  'sequence_gap',
  'heartbeat_ahead',
  'heartbeats_missed',
  'consumer_gone',
  'consumer_failed',
] as const;
export type NatsLoss = (typeof NATS_LOSSES)[number];
