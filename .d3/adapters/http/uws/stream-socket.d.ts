import type { HttpResponse } from 'uWebSockets.js';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import type { Frame, WriteOutcome } from '../../../domain/subscriber-socket.ts';
import type { StreamSocket } from '../exchange.ts';
/**
 * A stream on uWebSockets.js. Every write is corked, so that it is one system call; that holds only outside the turn of
 * an HTTP handler, in which the cork is taken and each write would cost four.
 */
export declare class UwsStreamSocket implements StreamSocket {
    #private;
    constructor(response: HttpResponse, keepAlive: Frame);
    attach(stream: StreamHandle): void;
    /** The connection is gone: from here on the response must not be touched. */
    gone(): void;
    write(frame: Frame): WriteOutcome;
    writeKeepAlive(): WriteOutcome;
    /** A write that the kernel did not take arms a 10 s time-out, which reading again takes away. */
    rearm(): void;
    end(): void;
    close(): void;
}
