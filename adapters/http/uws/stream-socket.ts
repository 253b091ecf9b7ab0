import type { HttpResponse } from 'uWebSockets.js';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import type { Frame, WriteOutcome } from '../../../domain/subscriber-socket.ts';
import type { StreamSocket } from '../exchange.ts';
import { utf8 } from './utf8.ts';

// One closure serves every corked write: a closure each would be the largest cost of a delivery next to the system call.
let corkedResponse: HttpResponse;
let corkedFrame: string | Uint8Array;
let corkedKeepAlive: string | Uint8Array;
let corkedWriteTaken: boolean;
const corkedWrite = (): void => {
  corkedWriteTaken = corkedResponse.write(corkedFrame);
};
// The addon sends the line end that closes a chunk only with its next write, and Python's urllib3 hands out no chunk
// without it: an event would be received when the next one comes. So a keep-alive follows each event, in the same
// segment.
const corkedEvent = (): void => {
  const taken = corkedResponse.write(corkedFrame);
  corkedWriteTaken = corkedResponse.write(corkedKeepAlive) && taken;
};

// A pass writes one frame to many sockets, so its encoding is looked at once.
let lastFrame: Frame = '';
let lastWritten: string | Uint8Array = '';
function asWritten(frame: Frame): string | Uint8Array {
  if (frame !== lastFrame) {
    lastFrame = frame;
    lastWritten = utf8(frame);
  }
  return lastWritten;
}

/**
 * A stream on uWebSockets.js. Every write is corked, so that it is one system call; that holds only outside the turn of
 * an HTTP handler, in which the cork is taken and each write would cost four.
 */
export class UwsStreamSocket implements StreamSocket {
  readonly #response: HttpResponse;
  readonly #keepAlive: string | Uint8Array;
  #stream: StreamHandle | undefined;
  #state: 'open' | 'over' = 'open';
  #watchesDrain = false;

  constructor(response: HttpResponse, keepAlive: Frame) {
    this.#response = response;
    this.#keepAlive = utf8(keepAlive);
  }

  attach(stream: StreamHandle): void {
    this.#stream = stream;
  }

  /** The connection is gone: from here on the response must not be touched. */
  gone(): void {
    this.#state = 'over';
    this.#stream?.gone();
  }

  write(frame: Frame): WriteOutcome {
    return this.#write(asWritten(frame), corkedEvent);
  }

  writeKeepAlive(): WriteOutcome {
    return this.#write(this.#keepAlive, corkedWrite);
  }

  /** A write that the kernel did not take arms a 10 s time-out, which reading again takes away. */
  rearm(): void {
    if (this.#state === 'over') return;
    this.#response.pause();
    this.#response.resume();
  }

  end(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#response.cork(() => this.#response.end());
  }

  close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#response.close();
  }

  #write(frame: string | Uint8Array, corked: () => void): WriteOutcome {
    if (this.#state === 'over') return 'closed';
    corkedResponse = this.#response;
    corkedFrame = frame;
    corkedKeepAlive = this.#keepAlive;
    this.#response.cork(corked);
    if (corkedWriteTaken) return 'sent';
    this.#watchDrain();
    return 'congested';
  }

  #watchDrain(): void {
    if (this.#watchesDrain) return;
    this.#watchesDrain = true;
    // What the addon has buffered goes out only with the next write, so the socket has not drained before that took it.
    this.#response.onWritable(() => {
      if (this.writeKeepAlive() === 'sent') this.#stream?.drained();
      return true;
    });
  }
}
