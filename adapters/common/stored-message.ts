import type { SkipReason } from '../../application/ports/telemetry.ts';
import { MAX_MESSAGE_BYTES, parseUpdateMessage } from '../../domain/update-message.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

const UTF_8 = new TextDecoder();

export interface Unreadable {
  readonly why: Extract<SkipReason, 'size' | 'content'>;
}

/** Reads what a log holds for an environment. It can be anything, because others may write there. */
export function readStoredMessage(bytes: Uint8Array): UpdatedAt | Unreadable {
  if (bytes.length > MAX_MESSAGE_BYTES) return { why: 'size' };
  const updatedAt = parseUpdateMessage(UTF_8.decode(bytes));
  return typeof updatedAt === 'string' ? updatedAt : { why: 'content' };
}
