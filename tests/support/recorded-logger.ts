import type { LogFields, Logger } from '../../application/ports/logger.ts';

/** A logger that keeps its lines. */
export class RecordedLogger implements Logger {
  readonly lines: { readonly level: string; readonly event: string; readonly fields: LogFields }[] = [];

  debug(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', event, fields });
  }

  info(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', event, fields });
  }

  warn(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', event, fields });
  }

  error(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', event, fields });
  }

  of(event: string): readonly LogFields[] {
    return this.lines.filter((line) => line.event === event).map((line) => line.fields);
  }
}
