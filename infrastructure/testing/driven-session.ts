import { type SessionChannel, SubscriberSession, type SweepLimits } from '../../domain/subscriber-session.ts';
import {
  type SessionEffect,
  type SessionEvent,
  sessionMachine,
  type SessionState,
  sessionTable,
} from '../../domain/subscriber-session.machine.ts';
import { WriteTally } from '../../domain/write-tally.ts';
import { type MachinePath, machinePaths } from './machine-paths.ts';
import { RecordingEncoder } from './recording-encoder.ts';
import { RecordingSocket } from './recording-socket.ts';

export interface SessionPath extends MachinePath<SessionState, SessionEvent, SessionEffect> {
  /** A new session with a recording socket, brought into the state by the path, with nothing recorded yet. */
  drive(): DrivenSession;
}

/**
 * Every event in every state of a subscriber's session, to test each with the real actor.
 *
 * ```ts
 * for (const path of sessionPaths())
 *   it(path.title, () => {
 *     const driven = path.drive();
 *     driven.cause(path.event);
 *     assert.equal(driven.session.state, path.next);
 *     if (path.isIgnored) assert.deepEqual(driven.effects(), []);
 *   });
 * ```
 *
 * @throws Error if a state cannot be reached: there are never fewer paths than states times events
 */
export function sessionPaths(): readonly SessionPath[] {
  return machinePaths(sessionMachine, sessionTable).map((path) => ({
    ...path,
    drive: () => {
      const driven = new DrivenSession();
      for (const event of path.way) driven.cause(event);
      driven.effects();
      return driven;
    },
  }));
}

/** A channel of one session, whose frames name the versions that they represent. */
class LoneChannel implements SessionChannel {
  version = 0;
  readonly tally = new WriteTally();
  readonly left: SubscriberSession[] = [];
  /** What the socket threw. */
  readonly failures: unknown[] = [];

  streamFailed(error: unknown): void {
    this.failures.push(error);
  }

  frameAfter(version: number): string {
    return `frame ${version}..${this.version}`;
  }

  leave(session: SubscriberSession): void {
    this.left.push(session);
  }
}

/** A real session on a recording socket, driven by its machine's events through their real causes. */
export class DrivenSession {
  static readonly limits: SweepLimits = { keepAliveMs: 15_000, congestedMs: 60_000 };

  readonly socket = new RecordingSocket();
  readonly channel = new LoneChannel();
  readonly session: SubscriberSession;
  /** The monotonic clock. */
  nowMs = 0;

  /** @param endsAtMs when the stream reaches its age */
  constructor(endsAtMs = Infinity) {
    this.session = new SubscriberSession(this.socket, this.channel, 0, 0, {
      encoder: new RecordingEncoder(),
      endsAtMs,
    });
  }

  /**
   * Everything that was done to the outside since the last time: the calls of the socket, and `leave` for the
   * channel. `frame 1..3` is the frame for a client that has received the first of three updates.
   */
  effects(): string[] {
    return [...this.socket.take(), ...this.channel.left.splice(0).map(() => 'leave')];
  }

  cause(event: SessionEvent): void {
    const { session, socket, channel } = this;
    const { keepAliveMs, congestedMs } = DrivenSession.limits;
    switch (event) {
      case 'update':
        channel.version++;
        return session.update(this.nowMs);
      case 'keepAliveDue':
        this.nowMs += keepAliveMs;
        session.sweep(this.nowMs, DrivenSession.limits);
        return;
      case 'congested':
        socket.answers = 'congested';
        channel.version++;
        session.update(this.nowMs);
        socket.answers = 'sent';
        return;
      case 'drainedBehind':
        channel.version++;
        return session.drained(this.nowMs);
      case 'drainedCurrent':
        return session.drained(this.nowMs);
      case 'end':
        return session.end('drained', this.nowMs);
      case 'endBehind':
        channel.version++;
        return session.end('drained', this.nowMs);
      case 'giveUp':
        this.nowMs += congestedMs;
        return session.giveUp(this.nowMs);
      case 'gone':
        return session.gone(this.nowMs);
      case 'failed':
        // Something is due in every state, and each call throws, the one that closes the socket as well.
        socket.answers = 'throw';
        this.nowMs += keepAliveMs;
        session.sweep(this.nowMs, DrivenSession.limits);
        return;
    }
  }
}
