import type { Tally } from './tallies.ts';

/** How long a sample covers, in milliseconds. */
export const SAMPLE_MS = 5000;

/** What happened in five seconds. */
export interface Sample extends Tally {
  /** Counts these stretches of five seconds since 1970, by the clock of this machine; it is their end. */
  readonly number: number;
  /** Streams that were open at its end. */
  readonly streams: number;
}

/** The last fifteen minutes of all processes that share the listeners. */
export interface RecentSamples {
  /**
   * The oldest first. A stretch in which no process took its sample is missing.
   *
   * @throws Error when it cannot be had
   */
  read(): Promise<readonly Sample[]>;
}
