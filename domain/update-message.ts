import { type Invalid, parseUpdatedAt, type UpdatedAt } from './updated-at.ts';

/** Longer messages are not read: a genuine one has about 50 bytes. */
export const MAX_MESSAGE_BYTES = 1024;

/** The form of nearly every message. A number is read as its literal text, so it keeps its digits. */
const PLAIN =
  /^[ \t\r\n]*\{[ \t\r\n]*"updated_at"[ \t\r\n]*:[ \t\r\n]*(?:"([^"\\\p{Cc}]*)"|((?:0|[1-9]\d*)(?:\.\d+)?))[ \t\r\n]*\}[ \t\r\n]*$/u;

/**
 * Reads `{"updated_at":…}`: the body of a queue-change and the message in the log have the same form. Other fields are
 * ignored, and the last of duplicate fields counts, as in `JSON.parse`.
 *
 * @returns the canonical time, or the field that is wrong and why
 */
export function parseUpdateMessage(text: string): UpdatedAt | InvalidMessage {
  const plain = PLAIN.exec(text);
  if (plain !== null) return named(parseUpdatedAt(plain[1] ?? plain[2]));
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { field: 'body', invalid: 'is not JSON' };
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return { field: 'body', invalid: 'is not a JSON object' };
  return named(parseUpdatedAt((message as { updated_at?: unknown }).updated_at));
}

export interface InvalidMessage extends Invalid {
  readonly field: 'body' | 'updated_at';
}

/** The message for the log, and the data of the event: `{"updated_at":1733480514.079725}`. */
export function formatUpdateMessage(updatedAt: UpdatedAt): string {
  return `{"updated_at":${updatedAt}}`;
}

function named(parsed: UpdatedAt | Invalid): UpdatedAt | InvalidMessage {
  return typeof parsed === 'string' ? parsed : { field: 'updated_at', invalid: parsed.invalid };
}
