/** What failed, when an error is counted. */
export const POSTGRES_OPERATIONS = ['connect', 'prepare', 'append', 'read', 'remove'] as const;
export type PostgresOperation = (typeof POSTGRES_OPERATIONS)[number];

/** Why an epoch was lost. */
export const POSTGRES_LOSSES = [
  /** The listening session has ended. */
  'disconnected',
  /** The session is open, but did not answer for some three seconds. */
  'silent',
  'replay_failed',
  /** A test notification did not arrive: a pooler is in between, or the sessions are on two servers. */
  'unproved',
  /** An update that was stored here did not arrive. */
  'own_append_missing',
  /** The table was dropped, truncated or recreated. */
  'table_replaced',
] as const;
export type PostgresLoss = (typeof POSTGRES_LOSSES)[number];
