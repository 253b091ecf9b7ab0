import type { EventEncoder } from '../../domain/event-encoder.ts';
import type { Frame } from '../../domain/subscriber-socket.ts';
import { type Update } from '../../domain/update.ts';
import { type HeaderList } from './answer.ts';
/** The bytes of a server-sent event stream. PROTOCOL.md states them; lines end with LF, as some clients need. */
export declare class SseEncoder implements EventEncoder {
    #private;
    /** A comment, which no client takes for an event. */
    readonly keepAlive = ":\n\n";
    /** @param eventName the name that SDKs listen for; empty leaves the `data:` line alone, as the original documents */
    constructor(eventName: string);
    encode(update: Update): Frame;
}
export declare const STREAM_HEADERS: HeaderList;
/**
 * The first bytes of a stream, sent before any update is known, so that the client sees it open. The time after which
 * to reconnect is random: clients of an instance that stopped must not come back in one instant.
 *
 * @param random uniform in [0, 1)
 */
export declare function streamHead(random: () => number): Frame;
