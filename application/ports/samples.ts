import type { Tally } from './tallies.ts';

/** How long a sample covers, in milliseconds. */
export const SAMPLE_MS = 5000;

/** What happened in an interval of five seconds. */
export interface Sample extends Tally {
  /** The end of the interval, in steps of five seconds since 1970, by the clock of this machine. */
  readonly number: number;
  /** Streams that were open at its end. */
  readonly streams: number;
}

/** The last fifteen minutes of all processes that share the listeners. */
export interface RecentSamples {
  /**
   * The oldest first. An interval in which no process took a sample is missing.
   *
   * @throws Error if the samples are unavailable
   */
  read(): Promise<readonly Sample[]>;
}
