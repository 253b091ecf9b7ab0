import type { LogFields, Logger } from '../../application/ports/logger.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';

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

/** Telemetry that counts calls by name and first argument: `natsError connect`. */
export function countingTelemetry(): { readonly telemetry: Telemetry; readonly counts: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  const telemetry = new Proxy({} as Telemetry, {
    get: (_, name) => (label: unknown) => {
      const key = typeof label === 'string' ? `${String(name)} ${label}` : String(name);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  });
  return { telemetry, counts };
}
