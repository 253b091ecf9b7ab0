import type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
/**
 * A socket that keeps every call in order, and answers writes as it was set to.
 *
 * ```ts
 * const socket = new RecordingSocket();
 * socket.answers = 'congested';
 * // … drive a session with it …
 * assert.deepEqual(socket.take(), ['data: 1\n\n', 'rearm']);
 * ```
 */
export declare class RecordingSocket implements SubscriberSocket {
    #private;
    /** A frame stands for its write, `keep-alive`, `rearm`, `end` and `close` for the other calls. */
    readonly calls: string[];
    /** What the next writes are answered with; `throw` breaks the port's promise, in every call. */
    answers: WriteOutcome | 'throw';
    /** Called from inside a write, as a transport might that reports at once. */
    duringWrite: () => void;
    /** The calls since the last time. */
    take(): string[];
    write(frame: Frame): WriteOutcome;
    writeKeepAlive(): WriteOutcome;
    rearm(): void;
    end(): void;
    close(): void;
}
