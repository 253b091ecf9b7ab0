import type { Clock } from '../../application/ports/clock.ts';
import type { LogTrouble } from '../../application/ports/instance-overview.ts';
import type { LogFields, Logger } from '../../application/ports/logger.ts';

export interface RecentLine {
  /** Counts up from 1. */
  readonly number: number;
  readonly at: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: LogFields;
}

const MAX_LINES = 100;

/**
 * A logger that remembers its last lines, whatever the log level, and the last trouble with the log of changes, however
 * many lines followed. It only passes on debug lines.
 */
export class RecentLines implements Logger {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #eventsOfLog: readonly string[];
  readonly #lines: RecentLine[] = [];
  #written = 0;
  #trouble: RecentLine | undefined;

  /** @param logName of the log of changes: the events of its adapter begin with it */
  constructor(logger: Logger, clock: Clock, logName: string) {
    this.#logger = logger;
    this.#clock = clock;
    this.#eventsOfLog = ['log_', `${logName}_`];
  }

  /** Undefined: none since the start. */
  get troubleOfLog(): LogTrouble | undefined {
    return this.#trouble;
  }

  /** The remembered lines after a number, oldest first. */
  after(number: number): readonly RecentLine[] {
    return this.#lines.filter((line) => line.number > number);
  }

  get last(): number {
    return this.#written;
  }

  debug(event: string, fields: () => LogFields): void {
    this.#logger.debug(event, fields);
  }

  info(event: string, fields?: LogFields, kind?: string): void {
    this.#remember('info', event, fields);
    this.#logger.info(event, fields, kind);
  }

  warn(event: string, fields?: LogFields, kind?: string): void {
    this.#remember('warn', event, fields);
    this.#logger.warn(event, fields, kind);
  }

  error(event: string, fields?: LogFields, kind?: string): void {
    this.#remember('error', event, fields);
    this.#logger.error(event, fields, kind);
  }

  #remember(level: RecentLine['level'], event: string, fields: LogFields = {}): void {
    this.#written++;
    const at = new Date(this.#clock.epochMs()).toISOString();
    const line = { number: this.#written, at, level, event, fields };
    this.#lines.push(line);
    if (level !== 'info' && this.#eventsOfLog.some((beginning) => event.startsWith(beginning))) this.#trouble = line;
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
