import type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';

/** A client's connection in memory: it keeps what was written, and stops reading on command. */
export class MemorySocket implements SubscriberSocket {
  readonly frames: Frame[] = [];
  keepAlives = 0;
  rearmed = 0;
  #ending: 'open' | 'ended' | 'closed' | 'gone' = 'open';
  #reading = true;

  /** How the stream ended: properly, cut off by the service, or because the client left. */
  get ending(): 'open' | 'ended' | 'closed' | 'gone' {
    return this.#ending;
  }

  /** The peer stops reading: the next write is taken and answered with `congested`. */
  stopReading(): void {
    this.#reading = false;
  }

  /** The peer reads again. The creator of the socket reports the drain to the stream. */
  readOn(): void {
    this.#reading = true;
  }

  /** The connection breaks: the next write is answered with `closed`. */
  vanish(): void {
    if (this.#ending === 'open') this.#ending = 'gone';
  }

  write(frame: Frame): WriteOutcome {
    if (this.#ending !== 'open') return 'closed';
    this.frames.push(frame);
    return this.#reading ? 'sent' : 'congested';
  }

  writeKeepAlive(): WriteOutcome {
    if (this.#ending !== 'open') return 'closed';
    this.keepAlives++;
    return this.#reading ? 'sent' : 'congested';
  }

  rearm(): void {
    this.rearmed++;
  }

  end(): void {
    if (this.#ending === 'open') this.#ending = 'ended';
  }

  close(): void {
    if (this.#ending === 'open') this.#ending = 'closed';
  }
}
