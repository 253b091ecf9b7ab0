import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import { PostgresLog } from '../../../adapters/postgres/postgres-log.ts';
import { parsePostgresUrl, type PostgresAddress } from '../../../adapters/postgres/postgres-url.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import { RecordedLogger } from './recorded-logger.ts';

interface OpenedLog {
  readonly log: PostgresLog;
  readonly logger: RecordedLogger;
  readonly telemetry: MemoryTelemetry;
}

/** A log on a test's own server, with what it logs and counts. */
export function openPostgresLog(options: {
  readonly url: string;
  readonly password?: string;
  readonly schema?: string;
  readonly retentionMs?: number;
  readonly clock?: Clock;
  readonly random?: (() => number) | undefined;
}): OpenedLog {
  const logger = new RecordedLogger();
  const telemetry = new MemoryTelemetry();
  const address = postgresAddress(options.url);
  const log = new PostgresLog(
    {
      address: options.password === undefined ? address : { ...address, password: options.password },
      schema: options.schema ?? 'halyard',
      retentionMs: options.retentionMs ?? 3_600_000,
    },
    { clock: options.clock ?? new SystemClock(), logger, telemetry, random: options.random ?? Math.random },
  );
  return { log, logger, telemetry };
}

function postgresAddress(url: string): PostgresAddress {
  const address = parsePostgresUrl(url);
  if ('invalid' in address) throw new Error(address.invalid);
  return address;
}
