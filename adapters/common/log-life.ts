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
  /** What lived longer than this is replaced at once: its end is not the failure of a try, which takes less. */
  readonly livedMs: number;
  /** Begins what the log does by itself. Called once. */
  readonly begin: () => void;
  readonly warnFailed: Warn;
  readonly warnSkipped: Warn;
}

type Warn = (fields: LogFields, kind: string) => void;

/** Between two tries of anything: often enough to be back at once, with jitter so that a fleet does not come together. */
const RETRY_MS = 250;
const JITTER_MS = 250;
/** Errors come in a server's words, of which a stranger may have written some: enough to read, too little to fill a log. */
const MAX_REASON_LENGTH = 300;

/**
 * What every log on a server has: a beginning with the first call, one follower, numbered epochs, pauses between two
 * tries, an end, and troubles that are counted and logged. A connection, the follower and the end are changes for which
 * it waits.
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

  /** @param fields what else there is to say of the message */
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
