import { NatsLog } from '../../adapters/nats/nats-log.ts';
import { type NatsAddress, parseNatsUrl } from '../../adapters/nats/nats-url.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { countingTelemetry, RecordedLogger } from './recorded-surroundings.ts';

interface OpenedLog {
  readonly log: NatsLog;
  readonly logger: RecordedLogger;
  readonly counts: ReadonlyMap<string, number>;
}

/** A log on a test's own server, with what it logs and counts. */
export function openNatsLog(options: {
  readonly url: string;
  readonly stream?: string;
  readonly replicas?: number;
  readonly retentionMs?: number;
}): OpenedLog {
  const logger = new RecordedLogger();
  const { telemetry, counts } = countingTelemetry();
  const log = new NatsLog(
    {
      address: natsAddress(options.url),
      stream: options.stream ?? 'environments-stream',
      replicas: options.replicas ?? 1,
      retentionMs: options.retentionMs ?? 3_600_000,
    },
    { clock: new SystemClock(), logger, telemetry },
  );
  return { log, logger, counts };
}

function natsAddress(url: string): NatsAddress {
  const address = parseNatsUrl(url);
  if ('invalid' in address) throw new Error(address.invalid);
  return address;
}
