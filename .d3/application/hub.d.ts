import { type ChannelHost, EnvironmentChannel, type Joining } from '../domain/environment-channel.ts';
import type { EnvironmentId } from '../domain/environment-id.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import type { Update } from '../domain/update.ts';
import { WriteTally } from '../domain/write-tally.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
/** How much is written before the event loop goes on with everything else. */
export interface Slices {
    /** The sessions of a channel that are visited in one turn. */
    readonly sessions: number;
    /** The sessions that are visited in one turn, when several channels have a slice in it. */
    readonly turnSessions: number;
}
/**
 * A slice is about a millisecond of writing: as long as a health check or a POST has to wait for a pass. A POST takes
 * several turns (to the log, back, and its answer), so with long slices a busy environment would hold up every change.
 * With fewer sessions in a turn changes of many small environments would come in faster than they go out.
 */
export declare const DEFAULT_SLICES: Slices;
/**
 * Where updates from the log meet the subscribers. It owns the map of channels, and gives every channel that has
 * something to tell its turn: a slice of sessions at a time, with a turn of the event loop between its slices.
 */
export declare class Hub implements ChannelHost {
    #private;
    readonly slices: Slices;
    readonly tally: WriteTally;
    constructor(options: {
        readonly retentionMs: number;
        readonly slices: Slices;
    }, adapters: {
        readonly clock: Clock;
        readonly logger: Logger;
        readonly telemetry: Telemetry;
    });
    /** The smaller of our own and the log's. */
    get retentionMs(): number;
    /**
     * What the log has dropped is unknown to an instance that starts then, so none shows it to joiners any more, and all
     * of them answer alike. Undefined: the log drops nothing for its age.
     */
    logKeeps(keptMs: number | undefined): void;
    get subscribers(): number;
    /** How many channels are being spread. */
    get passes(): number;
    get channels(): ReadonlyMap<EnvironmentId, EnvironmentChannel>;
    /** Every session, while sessions come and go: none that stays is passed over. */
    sessions(): Generator<SubscriberSession, undefined>;
    join(environment: EnvironmentId, socket: SubscriberSocket, joining: Joining): SubscriberSession;
    /** Takes an update that the log told. Sessions that are here hear it even when it is past its retention. */
    take(environment: EnvironmentId, update: Update, epoch: number): void;
    /** The last update in log order that this instance has seen. */
    latest(environment: EnvironmentId): Update | undefined;
    /** What a subscriber who joins now hears. */
    newest(environment: EnvironmentId): Update | undefined;
    /** Lets go of a channel that has no sessions and nothing to show. */
    dropIfSpent(channel: EnvironmentChannel): void;
    /** Passes on what was written since the last time. */
    flushTally(): void;
    /** A bug in an encoder costs its update, and not the streams: they receive the next one. */
    encodingFailed(update: Update, error: unknown): void;
    streamFailed(channel: EnvironmentChannel, error: unknown): void;
    requestSlice(channel: EnvironmentChannel): void;
    passEnded(channel: EnvironmentChannel): void;
    sessionLeft(session: SubscriberSession): void;
    emptied(channel: EnvironmentChannel): void;
}
