import type { Writable } from 'node:stream';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import type { Frame, WriteOutcome } from '../../../domain/subscriber-socket.ts';
import type { StreamSocket } from '../exchange.ts';
/** How the protocol that carries a stream ends it. */
export interface StreamEndings {
    properly(): void;
    cut(): void;
}
/** A stream on a response of Node's, in either protocol: one write is one chunk, or one DATA frame. */
export declare class NodeStreamSocket implements StreamSocket {
    #private;
    constructor(response: Writable, keepAlive: Frame, endings: StreamEndings);
    attach(stream: StreamHandle): void;
    gone(): void;
    write(frame: Frame): WriteOutcome;
    writeKeepAlive(): WriteOutcome;
    rearm(): void;
    end(): void;
    close(): void;
}
