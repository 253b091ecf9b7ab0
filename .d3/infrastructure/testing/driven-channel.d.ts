import { EnvironmentChannel } from '../../domain/environment-channel.ts';
import { type ChannelEffect, type ChannelEvent, type ChannelState } from '../../domain/environment-channel.machine.ts';
import type { Instant } from '../../domain/instant.ts';
import type { SubscriberSession } from '../../domain/subscriber-session.ts';
import { type MachinePath } from './machine-paths.ts';
import { RecordingEncoder } from './recording-encoder.ts';
import { RecordingHost } from './recording-host.ts';
import { RecordingSocket } from './recording-socket.ts';
export interface ChannelPath extends MachinePath<ChannelState, ChannelEvent, ChannelEffect> {
    /** A new channel with a recording host, which has gone the way: it is in the state, and has nothing recorded. */
    drive(): DrivenChannel;
}
/**
 * Every event in every state of an environment's channel, for a test of each over the real actor.
 *
 * ```ts
 * for (const path of channelPaths())
 *   it(path.title, () => {
 *     const driven = path.drive();
 *     driven.cause(path.event);
 *     assert.equal(driven.channel.state, path.next);
 *   });
 * ```
 *
 * @throws Error where a state cannot be reached: there are never fewer paths than states times events
 */
export declare function channelPaths(): readonly ChannelPath[];
/** A real channel with its host and the recording sockets of its sessions, in the order in which they joined. */
export declare class DrivenChannel {
    #private;
    static readonly now: Instant;
    readonly host: RecordingHost;
    readonly encoder: RecordingEncoder;
    readonly channel: EnvironmentChannel;
    readonly sockets: RecordingSocket[];
    readonly sessions: SubscriberSession[];
    join(resumeFrom?: string): RecordingSocket;
    leave(position: number): void;
    /** Takes the next update of epoch 1, stored now. */
    update(updatedAt: string): void;
    /** Runs the pass to its end. */
    pass(): void;
    /** What was asked of the host and of the sockets since the last time: the host's calls first. */
    effects(): string[];
    /** Brings an event about by what really causes it, as far as anything can in this state. */
    cause(event: ChannelEvent): void;
}
