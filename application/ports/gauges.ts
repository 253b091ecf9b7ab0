import type { UnreadyReason } from './health-report.ts';

/** What is true of this instance at the moment: the gauges of its metrics, read when somebody looks. */
export interface Gauges {
  /** Cheap enough for every scrape: it visits no session and no channel. */
  read(): GaugeReadings;
}

export interface GaugeReadings {
  readonly subscribers: number;
  readonly maxSubscribers: number;
  /** Subscribers whose peer does not read; as of the last sweep, so about a second old. */
  readonly congested: number;
  /**
   * Subscribers that read, and have not received the newest update; as of the last sweep. At a pace they wait for their
   * turn.
   */
  readonly behind: number;
  /** Environments that have subscribers or an update to show to one. */
  readonly channels: number;
  /** Of those, the ones whose subscribers are being told an update. */
  readonly spreading: number;
  /** Environments whose refused update waits for the log. */
  readonly pending: number;
  /** Callers of the relay that wait for an answer of the Flagsmith API. */
  readonly flagsWaiting: number;
  /** What the relay keeps, in bytes. */
  readonly flagsKeptBytes: number;
  readonly logConnected: boolean;
  /** The log was read through, and is being followed. */
  readonly caughtUp: boolean;
  /** False: the log is known to forget everything when it restarts. */
  readonly logDurable: boolean;
  /** How far our clock and the log's are apart, as far as updates have shown; never negative. */
  readonly clockSkewMs: number;
  readonly unready: UnreadyReason | undefined;
}
