import type { EnvironmentId } from '../../domain/environment-id.ts';

/** Answers an operator's question: why did this client not receive an update? */
export interface EnvironmentReports {
  /** What this instance knows about the environment. It visits the subscribers, and changes nothing. */
  report(environment: EnvironmentId): EnvironmentReport;
}

/** Times of updates are in their canonical text, as the log and the wire have them. */
export interface EnvironmentReport {
  readonly environment: EnvironmentId;
  /** What a subscriber that connects now receives; null if there was no update within the retention time. */
  readonly register: ReportedUpdate | null;
  /** The last update in log order, and the epoch of the log in which it was last seen. */
  readonly latest: (ReportedUpdate & { readonly epoch: number }) | null;
  /** The epoch of the log that this instance follows; 0 while it follows none. */
  readonly epoch: number;
  readonly subscribers: number;
  /** Subscribers that have not received the latest update yet. */
  readonly behind: number;
  /** Subscribers whose peer does not read. */
  readonly congested: number;
  readonly state: 'empty' | 'quiet' | 'spreading';
  /** How many subscribers the newest update has reached; null if no pass is in progress. */
  readonly pass: PassReport | null;
  /** An update that was answered with 503 and waits for the log. */
  readonly pending: string | null;
}

export interface PassReport {
  /** Since the pass began. */
  readonly seconds: number;
  /** Subscribers that have received the newest update, or do not read. */
  readonly reached: number;
  readonly left: number;
}

export interface ReportedUpdate {
  readonly updated_at: string;
  readonly sequence: number;
  /** By the log's clock, in ISO 8601. */
  readonly stored_at: string;
}
