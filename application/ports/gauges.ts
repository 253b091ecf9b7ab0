import type { UnreadyReason } from './health-report.ts';

/** The current state of this instance: the gauges of its metrics, read on demand. */
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
   * Subscribers that read, and have not received the newest update; as of the last sweep. If there is a pace, they wait
   * for their turn.
   */
  readonly behind: number;
  /** Environments that have subscribers, or an update for those that join. */
  readonly channels: number;
  /** Of those, the ones whose subscribers are being sent an update. */
  readonly spreading: number;
  /** Environments whose refused update waits for the log. */
  readonly pending: number;
  /** Callers of the relay that wait for an answer from the Flagsmith API. */
  readonly flagsWaiting: number;
  /** What the relay keeps, in bytes. */
  readonly flagsKeptBytes: number;
  readonly logConnected: boolean;
  /** The log has been read to its end, and is being followed. */
  readonly caughtUp: boolean;
  /** False: the log is known to lose everything when it restarts. */
  readonly logDurable: boolean;
  /** How far our clock and the log's are apart, as measured by updates; never negative. */
  readonly clockSkewMs: number;
  readonly unready: UnreadyReason | undefined;
}
