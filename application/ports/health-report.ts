/** What the health endpoints report. */
export interface HealthReport {
  /** Why the instance should receive no new clients, or undefined if it is ready for them. */
  unready(): UnreadyReason | undefined;
}

export type UnreadyReason =
  /** The log has not been read to its end since the start. */
  | 'starting'
  /** The log cannot be followed, for longer than a rebuild takes. */
  | 'log_unavailable'
  | 'full'
  | 'draining';
