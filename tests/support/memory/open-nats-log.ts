import { NatsLog } from '../../../adapters/nats/nats-log.ts';
import type { NatsFiles } from '../../../adapters/nats/nats-files.ts';
import { type NatsAddress, parseNatsUrl } from '../../../adapters/nats/nats-url.ts';
import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import { RecordedLogger } from './recorded-logger.ts';

interface OpenedLog {
  readonly log: NatsLog;
  readonly logger: RecordedLogger;
  readonly telemetry: MemoryTelemetry;
}

/** A log on a test's own server, with what it logs and counts. */
export function openNatsLog(options: {
  readonly url: string;
  readonly files?: NatsFiles;
  readonly stream?: string;
  readonly replicas?: number;
  readonly retentionMs?: number;
  readonly clock?: Clock;
}): OpenedLog {
  const logger = new RecordedLogger();
  const telemetry = new MemoryTelemetry();
  const log = new NatsLog(
    {
      address: natsAddress(options.url),
      files: options.files ?? {},
      stream: options.stream ?? 'environments-stream',
      replicas: options.replicas ?? 1,
      retentionMs: options.retentionMs ?? 3_600_000,
    },
    { clock: options.clock ?? new SystemClock(), logger, telemetry, random: Math.random },
  );
  return { log, logger, telemetry };
}

function natsAddress(url: string): NatsAddress {
  const address = parseNatsUrl(url);
  if ('invalid' in address) throw new Error(address.invalid);
  return address;
}
