import type { LogFields, Logger } from '../../../application/ports/logger.ts';
interface Line {
    readonly level: string;
    readonly event: string;
    readonly fields: LogFields;
    readonly kind: string | undefined;
}
/** A logger that keeps its lines, without a limit. */
export declare class RecordedLogger implements Logger {
    readonly lines: Line[];
    debug(event: string, fields?: LogFields, kind?: string): void;
    info(event: string, fields?: LogFields, kind?: string): void;
    warn(event: string, fields?: LogFields, kind?: string): void;
    error(event: string, fields?: LogFields, kind?: string): void;
    of(event: string): readonly LogFields[];
    /** The kinds of an event's lines: so many of them a real logger writes in a while. */
    kindsOf(event: string): readonly (string | undefined)[];
}
export {};
