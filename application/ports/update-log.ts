import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

/**
 * The log between instances. It keeps the last update of each environment, for a time that it says.
 *
 * Guarantee: an update that was `stored` reaches every follower, or a later one of its environment does.
 */
export interface UpdateLog {
  /**
   * Appends an update. It settles within `timeoutMs` (and a turn of the event loop), whatever the log does; after
   * `unavailable` the update may or may not be stored. It never rejects for the log's troubles.
   *
   * Without an expected sequence it is stored now or not at all: a log that has to be waited for is `unavailable`, as
   * others may have stored newer ones by then. Whoever tries again has to say which update he would replace.
   */
  append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome>;

  /**
   * Follows the log from the last update of each environment on, until closed. It never gives up: what interrupts it
   * ends an epoch, and the next epoch begins with the last update of each environment again.
   */
  follow(follower: LogFollower): void;

  /** How the log is reached at the moment. Cheap: it asks nobody. */
  status(): LogStatus;

  /** Ends following and lets go of every resource. Appends under way settle as `unavailable`. */
  close(): Promise<void>;
}

export interface LogStatus {
  readonly connected: boolean;
  /** What it holds outlives its own restart. Undefined: not known yet. */
  readonly durable: boolean | undefined;
}

export interface AppendOptions {
  /** Milliseconds, greater than 0. */
  readonly timeoutMs: number;
  /** Store only if the environment's last update has this sequence (0: it has none); otherwise `conflict`. */
  readonly expectedSequence?: number;
  /**
   * The update is put back: when its original was stored, in milliseconds since 1970. Followers receive it as a repair
   * with this time.
   */
  readonly firstStoredAtMs?: number;
}

export type AppendOutcome =
  | { readonly kind: 'stored'; readonly sequence: number }
  /** The environment's last update has another sequence than expected: here it is (undefined: there is none). */
  | { readonly kind: 'conflict'; readonly last: Update | undefined }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What a follower is told. Calls come one at a time, never inside the turn of the caller of `append` or `follow`. */
export interface LogFollower {
  /**
   * A new epoch: its replay of the last updates comes next. Epochs are numbered upward.
   *
   * @param keptMs how long the log keeps an update, from when it was stored; undefined: without a limit of time
   */
  epochStarted(epoch: number, keptMs: number | undefined): void;
  /** An update. Within an epoch those of an environment come in log order; of others it says nothing. */
  updated(environment: EnvironmentId, update: Update, epoch: number): void;
  /** The replay is complete: what was stored before the epoch began has been told. Once an epoch. */
  caughtUp(epoch: number): void;
  /**
   * The epoch is over; nothing of it comes any more. A new one follows when the log can be reached.
   *
   * @param reason one of the few that the log declares: it is a label of a metric, and in a log line
   */
  epochLost(epoch: number, reason: string): void;
}
