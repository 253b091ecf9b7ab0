import type { Frame } from '../../domain/subscriber-socket.ts';
import type { Update } from '../../domain/update.ts';

/** Makes the bytes of an update's event: once an update, whatever the number of its subscribers. */
export interface EventEncoder {
  encode(update: Update): Frame;
}
