import type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
/** A client's connection in memory: it keeps what was written, and stops reading when told to. */
export declare class MemorySocket implements SubscriberSocket {
    #private;
    readonly frames: Frame[];
    keepAlives: number;
    rearmed: number;
    /** How the stream ended: properly, cut by the service, or gone by itself. */
    get ending(): 'open' | 'ended' | 'closed' | 'gone';
    /** The peer reads no more: the next write is taken and answered with `congested`. */
    stopReading(): void;
    /** The peer reads again. Who made the socket reports the drain to the stream. */
    readOn(): void;
    /** The connection breaks: the next write is answered with `closed`. */
    vanish(): void;
    write(frame: Frame): WriteOutcome;
    writeKeepAlive(): WriteOutcome;
    rearm(): void;
    end(): void;
    close(): void;
}
