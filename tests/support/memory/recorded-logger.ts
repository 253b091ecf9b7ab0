import type { LogFields, Logger } from '../../../application/ports/logger.ts';

interface Line {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
  readonly kind: string | undefined;
}

/** A logger that keeps its lines, without a limit. */
export class RecordedLogger implements Logger {
  readonly lines: Line[] = [];

  debug(event: string, fields: () => LogFields): void {
    this.lines.push({ level: 'debug', event, fields: fields(), kind: undefined });
  }

  info(event: string, fields: LogFields = {}, kind?: string): void {
    this.lines.push({ level: 'info', event, fields, kind });
  }

  warn(event: string, fields: LogFields = {}, kind?: string): void {
    this.lines.push({ level: 'warn', event, fields, kind });
  }

  error(event: string, fields: LogFields = {}, kind?: string): void {
    this.lines.push({ level: 'error', event, fields, kind });
  }

  of(event: string): readonly LogFields[] {
    return this.lines.filter((line) => line.event === event).map((line) => line.fields);
  }

  /** The kinds of an event's lines: a real logger writes this many of them per interval. */
  kindsOf(event: string): readonly (string | undefined)[] {
    return [...new Set(this.lines.filter((line) => line.event === event).map((line) => line.kind))];
  }
}
