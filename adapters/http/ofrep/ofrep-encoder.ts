import type { EventEncoder } from '../../../domain/event-encoder.ts';
import type { Frame } from '../../../domain/subscriber-socket.ts';
import { eventId, type Update } from '../../../domain/update.ts';
import { comparableMicros } from '../../../domain/updated-at.ts';

/**
 * The events of OFREP's streams. They are named `message`, because its providers listen to no other name, and their
 * data is that of the protocol: a request to fetch the flags.
 */
export class OfrepEncoder implements EventEncoder {
  /** A comment, which no client takes for an event. */
  readonly keepAlive = ':\n\n';

  encode(update: Update): Frame {
    const id = eventId(update);
    const data = JSON.stringify({
      type: 'refetchEvaluation',
      etag: `"${id}"`,
      lastModified: lastModifiedSeconds(update),
    });
    return `event: message\nid: ${id}\ndata: ${data}\n\n`;
  }
}

/**
 * Seconds since 1970, which an API can compare with its own `updated_at`. If `updated_at` is not a time by the
 * clock of the log, the time at which the log stored it is used.
 */
function lastModifiedSeconds({ updatedAt, storedAtMs }: Update): number {
  const micros = comparableMicros(updatedAt, storedAtMs);
  return Math.floor(micros === undefined ? storedAtMs / 1000 : micros / 1_000_000);
}
