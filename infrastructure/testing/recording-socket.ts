import type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';

/**
 * A socket that records every call in order, and answers writes as configured.
 *
 * ```ts
 * const socket = new RecordingSocket();
 * socket.answers = 'congested';
 * // … drive a session with it …
 * assert.deepEqual(socket.take(), ['data: 1\n\n', 'rearm']);
 * ```
 */
export class RecordingSocket implements SubscriberSocket {
  /** A frame stands for its write, `keep-alive`, `rearm`, `end` and `close` for the other calls. */
  readonly calls: string[] = [];
  /** What the next writes are answered with; `throw` breaks the port's promise, in every call. */
  answers: WriteOutcome | 'throw' = 'sent';
  /** Called from inside a write, as by a transport that reports at once. */
  duringWrite: () => void = () => undefined;

  /** The calls since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }

  write(frame: Frame): WriteOutcome {
    return this.#answer(frame);
  }

  writeKeepAlive(): WriteOutcome {
    return this.#answer('keep-alive');
  }

  rearm(): void {
    this.calls.push('rearm');
    this.#answered();
  }

  end(): void {
    this.calls.push('end');
    this.#answered();
  }

  close(): void {
    this.calls.push('close');
    this.#answered();
  }

  #answer(call: string): WriteOutcome {
    this.calls.push(call);
    this.duringWrite();
    return this.#answered();
  }

  #answered(): WriteOutcome {
    if (this.answers === 'throw') throw new Error('a socket that breaks its promise');
    return this.answers;
  }
}
