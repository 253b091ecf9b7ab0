import type { EnvironmentId } from '../domain/environment-id.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { StreamHandle, StreamClient, Streams, StreamRefusal } from './ports/streams.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { type StreamAgePolicy } from './stream-age.ts';
export interface StreamOpenerOptions {
    readonly maxSubscribers: number;
    /** 0: as many as there may be. */
    readonly maxStreamsPerAddress: number;
    /** Whether a client that names the newest event in `Last-Event-ID` is spared it. */
    readonly resume: boolean;
    readonly age: StreamAgePolicy;
}
/** The use case of a subscriber: from a request for a stream to a session in its channel. */
export declare class StreamOpener implements Streams {
    #private;
    constructor(options: StreamOpenerOptions, hub: Hub, adapters: {
        readonly clock: Clock;
        readonly random: () => number;
        readonly telemetry: Telemetry;
    });
    open(environment: EnvironmentId, client: StreamClient, begin: () => SubscriberSocket): StreamHandle | StreamRefusal;
}
