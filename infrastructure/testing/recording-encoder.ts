import { SseEncoder } from '../../adapters/http/sse.ts';
import type { EventEncoder } from '../../domain/event-encoder.ts';
import type { Frame } from '../../domain/subscriber-socket.ts';
import type { Update } from '../../domain/update.ts';

/** The dialect of the SDKs, with a count of what was encoded. */
export class RecordingEncoder implements EventEncoder {
  encoded = 0;
  /** An encoder with a bug throws. */
  hasBug = false;
  readonly #dialect = new SseEncoder('environment_updated');

  get keepAlive(): Frame {
    return this.#dialect.keepAlive;
  }

  encode(update: Update): Frame {
    this.encoded++;
    if (this.hasBug) throw new Error('an encoder with a bug');
    return this.#dialect.encode(update);
  }
}
