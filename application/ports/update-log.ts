import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

/**
 * The log between instances. It keeps the last update of each environment, for a time that it announces.
 *
 * Guarantee: an update that was `stored` reaches every follower, or a later one of its environment does.
 */
export interface UpdateLog {
  /**
   * Appends an update. It settles within `timeoutMs` (and a turn of the event loop), whatever the log does; after
   * `unavailable` the update may or may not be stored. It never rejects because of problems of the log.
   *
   * Without an expected sequence the update is stored now or not at all: a log that is not ready is `unavailable`,
   * because newer updates may be stored before it is. Retries must pass `expectedSequence`.
   */
  append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome>;

  /**
   * Follows the log, beginning with the last update of each environment, until closed. It never gives up: an
   * interruption ends an epoch, and the next epoch begins with the last update of each environment again.
   */
  follow(follower: LogFollower): void;

  /** The current state of the connection. Cheap: it does no I/O. */
  status(): LogStatus;

  /** Stops following and releases every resource. Appends in flight settle as `unavailable`. */
  close(): Promise<void>;
}

export interface LogStatus {
  readonly connected: boolean;
  /** Its content survives its own restart. Undefined: not known yet. */
  readonly durable: boolean | undefined;
}

export interface AppendOptions {
  /** Milliseconds, greater than 0. */
  readonly timeoutMs: number;
  /** Store only if the environment's last update has this sequence (0: it has none); otherwise `conflict`. */
  readonly expectedSequence?: number;
  /**
   * Makes this a repair: when its original was stored, in milliseconds since 1970. Followers receive it as a repair
   * with this time.
   */
  readonly firstStoredAtMs?: number;
}

export type AppendOutcome =
  | { readonly kind: 'stored'; readonly sequence: number }
  /**
   * The environment's last update does not have the expected sequence. `last` is that update (undefined: there is
   * none).
   */
  | { readonly kind: 'conflict'; readonly last: Update | undefined }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What a follower receives. Calls come one at a time, never in the turn of the caller of `append` or `follow`. */
export interface LogFollower {
  /**
   * A new epoch: its replay of the last updates comes next. The numbers of epochs increase.
   *
   * @param keptMs how long the log keeps an update, counted from when it was stored; undefined: without a time limit
   */
  epochStarted(epoch: number, keptMs: number | undefined): void;
  /** An update. Within an epoch, those of one environment come in log order. Between environments there is no order. */
  updated(environment: EnvironmentId, update: Update, epoch: number): void;
  /** The replay is complete: what was stored before the epoch began has been delivered. Once an epoch. */
  caughtUp(epoch: number): void;
  /**
   * The epoch has ended; none of its updates will be delivered any more. A new one follows when the log can be reached.
   *
   * @param reason one of the few that the log declares: it is a label of a metric and a field of a log line
   */
  epochLost(epoch: number, reason: string): void;
}
