import type { LogFields } from './ports/logger.ts';
import { messageOf } from './ports/message-of.ts';

/** The log fields for something that was thrown where nothing should be, with its stack if there is one. */
export function thrown(error: unknown): LogFields {
  const reason = messageOf(error);
  return error instanceof Error ? { reason, stack: error.stack } : { reason };
}
