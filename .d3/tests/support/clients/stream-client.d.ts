import type { StreamPeer } from '../../../infrastructure/contract/subscriber-socket-world.ts';
import { RawClient } from './raw-client.ts';
export interface StreamEvent {
    readonly event: string | undefined;
    readonly id: string | undefined;
    readonly data: string;
    /** Whether the event was a chunk of its own, as the protocol has it. */
    readonly isOneChunk: boolean;
}
/** A subscriber on a bare socket: it decodes the chunked body, and the events in it. */
export declare class StreamClient implements StreamPeer {
    #private;
    readonly raw: RawClient;
    private constructor();
    /** Opens a stream, and waits for its first bytes. */
    static open(port: number, environment: string, headers?: Record<string, string>): Promise<StreamClient>;
    get head(): string;
    get status(): number;
    /** The chunks of the body, decoded. The last one is empty when the stream was ended properly. */
    get chunks(): readonly string[];
    get body(): string;
    /** Whether the stream ended as HTTP has it, with its last chunk. */
    get endedProperly(): boolean;
    /** The events in chunks that are closed: some clients hand out no chunk whose closing line end is on its way. */
    get events(): readonly StreamEvent[];
    /** The `updated_at` of each event, as text. */
    get heard(): readonly string[];
    hears(updatedAt: string, ceilingMs?: number): Promise<void>;
    get received(): string;
    get ending(): 'open' | 'ended' | 'cut';
    stopReading(): void;
    readOn(): void;
    vanish(): void;
    close(): void;
}
