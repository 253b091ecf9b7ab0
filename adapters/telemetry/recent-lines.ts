import type { Clock } from '../../application/ports/clock.ts';
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

/** A logger that remembers its last lines, whatever the level of the log. Those for debugging it only passes on. */
export class RecentLines implements Logger {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #lines: RecentLine[] = [];
  #written = 0;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** The lines after a number, the oldest first, as far as they are remembered. */
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
    this.#lines.push({ number: this.#written, at, level, event, fields });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
