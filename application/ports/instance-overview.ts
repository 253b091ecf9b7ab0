import type { UnreadyReason } from './health-report.ts';
import type { LogFields } from './logger.ts';

/** What an operator wants to see of this instance in one look. */
export interface InstanceOverviews {
  /** The work of a reading is bounded, whatever the number of environments and streams. */
  read(): InstanceOverview;
}

/**
 * Times are in ISO 8601, by the clock of this machine unless it says otherwise. Those since when something holds are as
 * good as the interval between two looks.
 */
export interface InstanceOverview {
  /** The worker process that this is of; null: there is one process. */
  readonly worker: number | null;
  readonly verdict: 'ready' | UnreadyReason;
  /** Since when the verdict holds. */
  readonly since: string;
  readonly log: LogOverview;
  readonly streams: {
    readonly open: number;
    readonly max: number;
    readonly congested: number;
    readonly behind: number;
  };
  readonly environments: { readonly known: number; readonly spreading: number };
  /** Environments whose refused change waits for the log. */
  readonly pending: number;
  /** The environments that changed last, the latest first. */
  readonly changed: readonly ChangedEnvironment[];
  /** Those with the most streams, as of the last look at all of them. */
  readonly busiest: readonly BusyEnvironment[];
}

export interface LogTrouble {
  readonly at: string;
  readonly event: string;
  readonly fields: LogFields;
}

export interface LogOverview {
  readonly name: string;
  readonly connected: boolean;
  readonly connectedSince: string;
  readonly caughtUp: boolean;
  /** Begins again with each reading of the log, also where no look fell into the gap between two of them. */
  readonly caughtUpSince: string;
  /** What went wrong last; null: nothing since the start. */
  readonly trouble: LogTrouble | null;
  readonly durable: boolean;
  /** The reading of the log that is followed; 0: none. */
  readonly epoch: number;
}

export interface ChangedEnvironment {
  readonly environment: string;
  readonly updated_at: string;
  readonly id: string;
  /** By the log's clock. */
  readonly stored_at: string;
  readonly streams: number;
  /** Streams that have received it or do not read; null where it would take too long to count them. */
  readonly reached: number | null;
}

export interface BusyEnvironment {
  readonly environment: string;
  readonly streams: number;
}
