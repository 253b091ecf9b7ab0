import { type DestinationStream, type LoggerOptions, type Logger as Pino, pino } from 'pino';
import type { Clock } from '../../application/ports/clock.ts';
import type { LogFields, Logger } from '../../application/ports/logger.ts';
import { standardOutput } from './standard-output.ts';

const WINDOW_MS = 10_000;
/** Lines of one event in one window: whatever a client does over and over, the log says it, and stays readable. */
const LINES_PER_WINDOW = 20;

type Level = 'debug' | 'info' | 'warn' | 'error';

export interface PinoLoggerOptions {
  readonly level: string;
  /** The number of this process among workers: it is in each of its lines. */
  readonly worker?: number | undefined;
}

/**
 * One JSON line an event, on standard output unless told otherwise. Beyond a bound the lines of an event are counted,
 * and the next window's first line says how many were left out.
 */
export class PinoLogger implements Logger {
  readonly #pino: Pino;
  readonly #clock: Clock;
  readonly #windows = new Map<string, { beganMs: number; lines: number }>();

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

  debug(event: string, fields?: LogFields): void {
    this.#write('debug', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#write('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#write('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#write('error', event, fields);
  }

  #write(level: Level, event: string, fields: LogFields = {}): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    const nowMs = this.#clock.monotonicMs();
    const window = this.#windows.get(event);
    if (window !== undefined && nowMs - window.beganMs < WINDOW_MS) {
      if (++window.lines <= LINES_PER_WINDOW) this.#pino[level](fields, event);
      return;
    }
    const leftOut = Math.max(0, (window?.lines ?? 0) - LINES_PER_WINDOW);
    this.#windows.set(event, { beganMs: nowMs, lines: 1 });
    this.#pino[level](leftOut > 0 ? { ...fields, linesLeftOut: leftOut } : fields, event);
  }
}
