import { standardOutput } from '../adapters/telemetry/standard-output.ts';
import type { LogFields, Logger } from '../application/ports/logger.ts';
import { thrown } from '../application/thrown.ts';

let crashed = false;

/**
 * An uncaught exception or rejection is a bug, and the process cannot be trusted after it. It is logged, and the
 * process exits with 1; but first it ends its streams, because some SDKs never reconnect after a reset. A second
 * crash meanwhile ends the process at once.
 *
 * @param endStreams takes a bounded time
 */
export function endOnCrash(logger: Logger, endStreams: () => Promise<void>): void {
  process.on('uncaughtException', (error, origin) => {
    if (crashed) process.exit(1);
    crashed = true;
    void end(logger, endStreams, { origin, ...thrown(error) });
  });
}

/** Whether a crash is ending the process: then nothing else decides when it ends, or with which code. */
export function hasCrashed(): boolean {
  return crashed;
}

async function end(logger: Logger, endStreams: () => Promise<void>, why: LogFields): Promise<void> {
  logger.error('crashed', why);
  try {
    await endStreams();
  } finally {
    await standardOutput.written();
    process.exit(1);
  }
}
