import type { UnreadyReason } from './health-report.ts';
import type { LogFields } from './logger.ts';

/** This instance at a glance, for operators. */
export interface InstanceOverviews {
  /** The work of one call is bounded, whatever the number of environments and streams. */
  read(): InstanceOverview;
}

/**
 * Times are in ISO 8601, by the clock of this machine unless stated otherwise. A "since" is as accurate as the interval
 * between two readings.
 */
export interface InstanceOverview {
  /** The number of the worker process; null: there is only one process. */
  readonly worker: number | null;
  readonly verdict: 'ready' | UnreadyReason;
  /** Since when the verdict has been the same. */
  readonly since: string;
  readonly log: LogOverview;
  readonly streams: {
    readonly open: number;
    readonly max: number;
    readonly congested: number;
    readonly behind: number;
  };
  readonly environments: { readonly known: number; readonly spreading: number };
  /** Environments with a refused change that waits for the log. */
  readonly pending: number;
  /** The environments that changed last, the latest first. */
  readonly changed: readonly ChangedEnvironment[];
  /** Those with the most streams, as of the last reading of all of them. */
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
  /** Restarts with each epoch, even if no reading fell between two epochs. */
  readonly caughtUpSince: string;
  /** What went wrong last; null: nothing since the start. */
  readonly trouble: LogTrouble | null;
  readonly durable: boolean;
  /** The epoch that is followed; 0: none. */
  readonly epoch: number;
}

export interface ChangedEnvironment {
  readonly environment: string;
  readonly updated_at: string;
  readonly id: string;
  /** By the log's clock. */
  readonly stored_at: string;
  readonly streams: number;
  /** Streams that have received it or do not read; null if it would take too long to count them. */
  readonly reached: number | null;
}

export interface BusyEnvironment {
  readonly environment: string;
  readonly streams: number;
}
