import type { StreamHandle } from '../../application/ports/streams.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
import type { ReferenceRegister } from '../support/memory/reference-register.ts';
/** What a subscriber has to know of its surroundings to tell right from wrong. */
export interface Surroundings {
    readonly environment: EnvironmentId;
    /** What the instance was told of the environment by the log. */
    readonly told: ReferenceRegister;
    /** What was ever stored of the environment. */
    readonly stored: ReferenceRegister;
    retentionHorizonMs(): number;
    /** A store that was put back may come to the same sequence with the same value again, which is news then. */
    wasMadeAnew(): boolean;
    report(line: string): void;
    /** The service survives a socket that throws: what is wrong is told here instead. */
    failed(error: unknown): void;
}
/**
 * A client with its connection. It holds every write against the rule: one update behind, it hears that one; further
 * behind or new, the register; up to date, nothing; and nothing at all while it does not read.
 */
export declare class Subscriber implements SubscriberSocket {
    #private;
    readonly id: number;
    readonly around: Surroundings;
    stream: StreamHandle | undefined;
    ending: 'open' | 'ended' | 'closed' | 'gone';
    congested: boolean;
    /** The id of the last event that it heard. */
    lastEventId: string;
    /** Positions in what was ever stored. */
    readonly heard: number[];
    constructor(id: number, around: Surroundings);
    /** Where it stands in what its instance was told: how much of it it has heard, or something that stands for that. */
    get position(): number;
    /** It joins without hearing anything: there is nothing to hear, or it has heard the newest before. */
    standsAt(position: number): void;
    heardBefore(id: string): void;
    get isConnected(): boolean;
    stopReading(): void;
    readOn(): void;
    /** The connection breaks. The service learns of it by a write or by the transport, whichever comes first. */
    vanish(): void;
    /** The transport tells that the connection is gone. */
    gone(): void;
    write(frame: Frame): WriteOutcome;
    writeKeepAlive(): WriteOutcome;
    rearm(): void;
    end(): void;
    close(): void;
}
