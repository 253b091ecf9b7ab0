import type { Clock } from '../../application/ports/clock.ts';
import type { LogFields, Logger } from '../../application/ports/logger.ts';
import type { SkipReason, Telemetry } from '../../application/ports/telemetry.ts';
import type { LogFollower } from '../../application/ports/update-log.ts';
import { Waiting } from './waiting.ts';

export interface LogSurroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

export interface LogLifeOptions {
  /** Skip the pause if it lived longer than this: a failed try ends sooner. */
  readonly livedMs: number;
  /** Starts the log's own activity. Called once. */
  readonly begin: () => void;
  readonly warnFailed: Warn;
  readonly warnSkipped: Warn;
}

type Warn = (fields: LogFields, kind: string) => void;

/**
 * Between two tries of anything: short enough to recover at once, with jitter so that a fleet does not retry together.
 */
const RETRY_MS = 250;
const JITTER_MS = 250;
/** Errors quote the server, and strangers may have written parts of them: enough to read, too little to fill a log. */
const MAX_REASON_LENGTH = 300;

/**
 * What every log on a server has: a start with the first call, one follower, numbered epochs, pauses between two tries,
 * an end, and troubles that are counted and logged. It waits for three changes: a connection, the follower, the end.
 */
export class LogLife<Operation extends string> extends Waiting {
  readonly #surroundings: LogSurroundings;
  readonly #options: LogLifeOptions;
  #follower: LogFollower | undefined;
  #epochs = 0;
  #hasBegun = false;

  constructor(surroundings: LogSurroundings, options: LogLifeOptions) {
    super(surroundings.clock);
    this.#surroundings = surroundings;
    this.#options = options;
  }

  get follower(): LogFollower | undefined {
    return this.#follower;
  }

  follow(follower: LogFollower): void {
    if (this.#follower !== undefined) throw new Error('the log has a follower already');
    this.#follower = follower;
    this.begin();
    this.changed();
  }

  /** Not in a constructor: a service that cannot bind its port leaves no connection behind. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#options.begin();
  }

  nextEpoch(): number {
    return ++this.#epochs;
  }

  failed(operation: Operation, reason: string): void {
    this.#surroundings.telemetry.logError(operation);
    const short = shortReason(reason);
    this.#options.warnFailed({ operation, reason: short }, `${operation} ${short}`);
  }

  /** @param fields more about the message */
  skipped(reason: SkipReason, fields: LogFields = {}): void {
    this.#surroundings.telemetry.messageSkipped(reason);
    this.#surroundings.telemetry.logError('read');
    this.#options.warnSkipped({ reason, ...fields }, reason);
  }

  async retryPauseSince(startedMs: number): Promise<void> {
    if (this.#surroundings.clock.monotonicMs() - startedMs < this.#options.livedMs) await this.retryPause();
  }

  retryPause(): Promise<void> {
    return this.pause(RETRY_MS + this.#surroundings.random() * JITTER_MS);
  }
}

export function shortReason(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH);
}
