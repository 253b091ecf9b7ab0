import { type DestinationStream, type LoggerOptions, type Logger as Pino, pino } from 'pino';
import type { Clock } from '../../application/ports/clock.ts';
import type { LogFields, Logger } from '../../application/ports/logger.ts';
import { LineLimit } from './line-limit.ts';
import type { LogLevel } from './logger-settings.ts';
import { standardOutput } from './standard-output.ts';

type Level = Exclude<LogLevel, 'silent'>;

export interface PinoLoggerOptions {
  readonly level: LogLevel;
  /** The number of this worker process, included in each line. */
  readonly worker?: number | undefined;
}

/**
 * One JSON line per event, on standard output unless another destination is given. Lines beyond the limit are counted,
 * and the next line that begins a window reports how many were omitted.
 */
export class PinoLogger implements Logger {
  readonly #pino: Pino;
  readonly #clock: Clock;
  readonly #limit = new LineLimit();

  constructor(options: PinoLoggerOptions, clock: Clock, destination: DestinationStream = standardOutput) {
    const settings: LoggerOptions = {
      level: options.level,
      base: options.worker === undefined ? null : { worker: options.worker },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'event',
    };
    this.#pino = pino(settings, destination);
    this.#clock = clock;
  }

  debug(event: string, fields: () => LogFields): void {
    if (this.#pino.isLevelEnabled('debug')) this.#write('debug', event, fields());
  }

  info(event: string, fields?: LogFields, kind?: string): void {
    this.#write('info', event, fields, kind);
  }

  warn(event: string, fields?: LogFields, kind?: string): void {
    this.#write('warn', event, fields, kind);
  }

  error(event: string, fields?: LogFields, kind?: string): void {
    this.#write('error', event, fields, kind);
  }

  #write(level: Level, event: string, fields: LogFields = {}, kind?: string): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    const leftOut = this.#limit.admit(event, kind, this.#clock.monotonicMs());
    if (leftOut === undefined) return;
    this.#pino[level](leftOut > 0 ? { ...fields, linesLeftOut: leftOut } : fields, event);
  }
}
