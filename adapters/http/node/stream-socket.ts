import type { Writable } from 'node:stream';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import type { Frame, WriteOutcome } from '../../../domain/subscriber-socket.ts';
import type { StreamSocket } from '../exchange.ts';
import { UNSENT_BYTES } from './limits.ts';

/** How the protocol that carries a stream ends it. */
export interface StreamEndings {
  properly(): void;
  cut(): void;
}

/** A stream on a response of Node's, in either protocol: one write is one chunk, or one DATA frame. */
export class NodeStreamSocket implements StreamSocket {
  readonly #response: Writable;
  readonly #keepAlive: Frame;
  readonly #endings: StreamEndings;
  #stream: StreamHandle | undefined;
  #state: 'open' | 'over' = 'open';

  constructor(response: Writable, keepAlive: Frame, endings: StreamEndings) {
    this.#response = response;
    this.#keepAlive = keepAlive;
    this.#endings = endings;
  }

  attach(stream: StreamHandle): void {
    this.#stream = stream;
    // The client left before the stream began, so no event will follow.
    if (this.#state === 'over') stream.gone();
  }

  gone(): void {
    this.#state = 'over';
    this.#stream?.gone();
  }

  write(frame: Frame): WriteOutcome {
    if (this.#state === 'over' || this.#response.destroyed) return 'closed';
    if (this.#response.writableLength <= UNSENT_BYTES) {
      this.#response.write(frame);
      return 'sent';
    }
    // Nothing more is written until this frame is taken, so when it is, everything is.
    this.#response.write(frame, (error) => {
      if (!error && this.#state === 'open') this.#stream?.drained();
    });
    return 'congested';
  }

  writeKeepAlive(): WriteOutcome {
    return this.write(this.#keepAlive);
  }

  rearm(): void {
    // Node has no time-out for a response: only the session gives up.
  }

  end(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#endings.properly();
  }

  close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#endings.cut();
  }
}
