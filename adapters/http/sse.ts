import type { EventEncoder } from '../../domain/event-encoder.ts';
import type { Frame } from '../../domain/subscriber-socket.ts';
import { formatUpdateMessage } from '../../domain/update-message.ts';
import { eventId, type Update } from '../../domain/update.ts';
import { ALLOW_ORIGIN, type HeaderList } from './answer.ts';

/** The bytes of a server-sent event stream. PROTOCOL.md states them; lines end with LF, as some clients need. */
export class SseEncoder implements EventEncoder {
  /** A comment, which no client takes for an event. */
  readonly keepAlive = ':\n\n';
  readonly #eventName: string;

  /** @param eventName the name that SDKs listen for; empty leaves the `data:` line alone, as the original documents */
  constructor(eventName: string) {
    this.#eventName = eventName;
  }

  encode(update: Update): Frame {
    const data = `data: ${formatUpdateMessage(update.updatedAt)}\n\n`;
    return this.#eventName === '' ? data : `event: ${this.#eventName}\nid: ${eventId(update)}\n${data}`;
  }
}

export const STREAM_HEADERS: HeaderList = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-cache, no-transform'],
  // nginx buffers a response without this header, and a buffered stream is silent.
  ['X-Accel-Buffering', 'no'],
  ALLOW_ORIGIN,
];

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 5000;

/**
 * The first bytes of a stream, sent before any update is known, so that the client sees it open. The time after which
 * to reconnect is random: clients of an instance that stopped must not come back in one instant.
 *
 * @param random uniform in [0, 1)
 */
export function streamHead(random: () => number): Frame {
  const retryMs = Math.round(RETRY_MIN_MS + random() * (RETRY_MAX_MS - RETRY_MIN_MS));
  return `: connected\nretry: ${retryMs}\n\n`;
}
