import { EnvironmentChannel } from '../../domain/environment-channel.ts';
import {
  type ChannelEffect,
  type ChannelEvent,
  channelMachine,
  type ChannelState,
  channelTable,
} from '../../domain/environment-channel.machine.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Instant } from '../../domain/instant.ts';
import type { SubscriberSession } from '../../domain/subscriber-session.ts';
import { storedUpdate } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { type MachinePath, machinePaths } from './machine-paths.ts';
import { RecordingEncoder } from './recording-encoder.ts';
import { RecordingHost } from './recording-host.ts';
import { RecordingSocket } from './recording-socket.ts';

export interface ChannelPath extends MachinePath<ChannelState, ChannelEvent, ChannelEffect> {
  /** A new channel with a recording host, brought into the state by the path, with nothing recorded yet. */
  drive(): DrivenChannel;
}

/**
 * Every event in every state of an environment's channel, to test each with the real actor.
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
 * @throws Error if a state cannot be reached: there are never fewer paths than states times events
 */
export function channelPaths(): readonly ChannelPath[] {
  return machinePaths(channelMachine, channelTable).map((path) => ({
    ...path,
    drive: () => {
      const driven = new DrivenChannel();
      for (const event of path.way) driven.cause(event);
      driven.effects();
      return driven;
    },
  }));
}

/** A real channel with its host and the recording sockets of its sessions, in the order in which they joined. */
export class DrivenChannel {
  static readonly now: Instant = { epochMs: 1_733_480_000_000, monotonicMs: 0 };

  readonly host = new RecordingHost();
  readonly encoder = new RecordingEncoder();
  readonly channel = new EnvironmentChannel('production' as EnvironmentId, this.host);
  readonly sockets: RecordingSocket[] = [];
  readonly sessions: SubscriberSession[] = [];
  #sequence = 0;

  join(resumeFrom?: string): RecordingSocket {
    const socket = new RecordingSocket();
    this.sockets.push(socket);
    const joining = { encoder: this.encoder, resumeFrom, endsAtMs: Infinity };
    this.sessions.push(this.channel.join(socket, joining, DrivenChannel.now));
    return socket;
  }

  leave(position: number): void {
    this.sessions.splice(position, 1)[0]?.gone(0);
  }

  /** Gives the channel the next update of epoch 1, stored now. */
  update(updatedAt: string): void {
    const update = storedUpdate(++this.#sequence, updatedAt as UpdatedAt, DrivenChannel.now.epochMs);
    this.channel.take(update, 1, DrivenChannel.now);
  }

  /** Runs the pass to its end. */
  pass(): void {
    while (this.channel.spread(1000, 0) !== 'done');
  }

  /** The calls of the host and of the sockets since the last time: the host's first. */
  effects(): string[] {
    return [...this.host.take(), ...this.sockets.flatMap((socket) => socket.take())];
  }

  /** Causes an event by its real cause, as far as this state allows. */
  cause(event: ChannelEvent): void {
    switch (event) {
      case 'joined':
        this.join();
        return;
      case 'left':
        if (this.channel.state === 'empty') return this.#leaveAsAStranger();
        // Joining does not change a state that has sessions, and because one stays this is not the last leave.
        this.join();
        this.effects();
        return this.leave(0);
      case 'lastLeft':
        if (this.channel.state === 'empty') return this.#leaveAsAStranger();
        while (this.channel.sessions.size > 1) this.leave(0);
        this.effects();
        return this.leave(0);
      case 'updated':
        return this.update('123');
      case 'sliceDone':
        // One more session than the slice visits, if there is a pass.
        if (this.channel.state === 'spreading') this.join();
        this.effects();
        this.channel.spread(1, 0);
        return;
      case 'passDone':
        this.channel.spread(1000, 0);
        return;
    }
  }

  /** A channel without sessions has none that could leave, but one that is not on its roster may try. */
  #leaveAsAStranger(): void {
    const stranger = new EnvironmentChannel(this.channel.environment, new RecordingHost());
    this.channel.leave(
      stranger.join(new RecordingSocket(), { encoder: this.encoder, endsAtMs: Infinity }, DrivenChannel.now),
    );
  }
}
