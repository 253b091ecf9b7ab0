import type { EventEncoder } from '../../domain/event-encoder.ts';
import type { Frame } from '../../domain/subscriber-socket.ts';
import type { Update } from '../../domain/update.ts';
/** The dialect of the SDKs, with a count of what was encoded. */
export declare class RecordingEncoder implements EventEncoder {
    #private;
    encoded: number;
    /** An encoder with a bug throws. */
    hasBug: boolean;
    get keepAlive(): Frame;
    encode(update: Update): Frame;
}
