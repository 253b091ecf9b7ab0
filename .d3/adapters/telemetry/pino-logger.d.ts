import { type DestinationStream } from 'pino';
import type { Clock } from '../../application/ports/clock.ts';
import type { LogFields, Logger } from '../../application/ports/logger.ts';
import type { LogLevel } from './logger-settings.ts';
export interface PinoLoggerOptions {
    readonly level: LogLevel;
    /** The number of this process among workers: it is in each of its lines. */
    readonly worker?: number | undefined;
}
/**
 * One JSON line an event, on standard output unless another destination is given. Lines beyond the limit are counted,
 * and the next line that begins a window says how many were left out.
 */
export declare class PinoLogger implements Logger {
    #private;
    constructor(options: PinoLoggerOptions, clock: Clock, destination?: DestinationStream);
    debug(event: string, fields?: LogFields, kind?: string): void;
    info(event: string, fields?: LogFields, kind?: string): void;
    warn(event: string, fields?: LogFields, kind?: string): void;
    error(event: string, fields?: LogFields, kind?: string): void;
}
