import {
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  sessionTable,
} from './subscriber-session.machine.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Frame, SubscriberSocket, WriteOutcome } from './subscriber-socket.ts';
import type { WriteTally } from './write-tally.ts';

/** What a session needs from its channel. */
export interface SessionChannel {
  /** Counts the updates that the channel has to send: a session that has received as many is up to date. */
  readonly version: number;
  readonly tally: WriteTally;
  /** What is sent next to a session that has received the first `version` updates. */
  frameAfter(version: number, encoder: EventEncoder): Frame | undefined;
  /** The session's socket threw. */
  streamFailed(error: unknown): void;
  leave(session: SubscriberSession): void;
}

export type CloseReason = 'client' | 'age' | 'drained' | 'congested' | 'failed';

export interface SweepLimits {
  readonly keepAliveMs: number;
  /** How long a peer may not read before its connection is closed. */
  readonly congestedMs: number;
}

/** What a session is given when it joins. */
export interface SessionTerms {
  /** The dialect that the client reads. */
  readonly encoder: EventEncoder;
  /** When the stream reaches its age, on the monotonic clock; Infinity for never. */
  readonly endsAtMs: number;
  /** Called once, when the session has left its channel, however it ended. */
  readonly onLeft?: (() => void) | undefined;
}

/**
 * The actor of one subscriber. The machine has its states and effects; this class has its data, which is the same few
 * numbers whatever its peer does.
 */
export class SubscriberSession {
  #state: SessionState = sessionTable.initial;
  readonly #socket: SubscriberSocket;
  readonly #channel: SessionChannel;
  /** The channel's version that it has received; -1 before it has received the register. */
  #received: number;
  #lastByteMs: number;
  #congestedSinceMs = 0;
  readonly #encoder: EventEncoder;
  readonly #endsAtMs: number;
  readonly #onLeft: (() => void) | undefined;
  #closeReason: CloseReason = 'client';
  /** What was reported while the effects ran; it is handled after them. */
  #report: 'congested' | 'gone' | 'failed' | undefined;
  #acting = false;

  /** @param received the channel's version that its client has already; -1: the register is still to be sent */
  constructor(
    socket: SubscriberSocket,
    channel: SessionChannel,
    received: number,
    nowMs: number,
    { encoder, endsAtMs, onLeft }: SessionTerms,
  ) {
    this.#socket = socket;
    this.#channel = channel;
    this.#received = received;
    this.#lastByteMs = nowMs;
    this.#encoder = encoder;
    this.#endsAtMs = endsAtMs;
    this.#onLeft = onLeft;
  }

  get state(): SessionState {
    return this.#state;
  }

  get closeReason(): CloseReason {
    return this.#closeReason;
  }

  /** Whether its peer is not reading. */
  get isCongested(): boolean {
    return this.#state === 'congested' || this.#state === 'ending';
  }

  get isBehind(): boolean {
    return this.#received !== this.#channel.version;
  }

  /** A pass visits the session: it is sent what it has not received yet, unless it is congested. */
  update(nowMs: number): void {
    if (this.isBehind) this.#handle('update', nowMs);
  }

  /** The peer has taken everything that was written. */
  drained(nowMs: number): void {
    this.#handle(this.isBehind ? 'drainedBehind' : 'drainedCurrent', nowMs);
  }

  end(reason: 'age' | 'drained', nowMs: number): void {
    if (this.#state === 'streaming' || this.#state === 'congested') this.#closeReason = reason;
    this.#handle(this.isBehind ? 'endBehind' : 'end', nowMs);
  }

  giveUp(nowMs: number): void {
    if (this.#state !== 'closed') this.#closeReason = 'congested';
    this.#handle('giveUp', nowMs);
  }

  gone(nowMs: number): void {
    if (this.#state !== 'closed') this.#closeReason = 'client';
    this.#handle('gone', nowMs);
  }

  /**
   * Does what is due by now: ends the stream, writes a keep-alive, or gives up on the peer.
   *
   * @returns whether anything was due
   */
  sweep(nowMs: number, limits: SweepLimits): boolean {
    if (nowMs >= this.#endsAtMs) this.end('age', nowMs);
    else if (this.#state === 'streaming' && nowMs - this.#lastByteMs < limits.keepAliveMs) return false;
    if (this.isCongested && nowMs - this.#congestedSinceMs >= limits.congestedMs) this.giveUp(nowMs);
    else this.#handle('keepAliveDue', nowMs);
    return true;
  }

  #handle(event: SessionEvent, nowMs: number): void {
    if (this.#acting) {
      // The socket reported during a write: its event waits until the effects have ended, like their own reports.
      if (event === 'gone' || event === 'congested') this.#report = event;
      return;
    }
    let next: SessionEvent | undefined = event;
    while (next !== undefined) {
      const step: { next: SessionState; effects: readonly SessionEffect[] } | undefined =
        sessionTable.steps[this.#state][next];
      if (step === undefined) return;
      this.#state = step.next;
      this.#acting = true;
      try {
        for (const effect of step.effects) this.#perform(effect, nowMs);
      } finally {
        this.#acting = false;
      }
      next = this.#report;
      this.#report = undefined;
    }
  }

  #perform(effect: SessionEffect, nowMs: number): void {
    switch (effect) {
      case 'writeUpdate':
        return this.#writeUpdate(nowMs);
      case 'writeKeepAlive':
        return this.#write('keepalive', nowMs);
      case 'noteCongestion':
        this.#congestedSinceMs = nowMs;
        return;
      case 'rearmSocket':
        return void this.#call('rearm');
      case 'endSocket':
        // The session is closed already and handles no more events: it must not leave its stream open.
        if (!this.#call('end')) this.#call('close');
        return;
      case 'closeSocket':
        return void this.#call('close');
      case 'leaveChannel':
        this.#channel.leave(this);
        return this.#onLeft?.();
    }
  }

  #writeUpdate(nowMs: number): void {
    const frame = this.#channel.frameAfter(this.#received, this.#encoder);
    this.#received = this.#channel.version;
    if (frame !== undefined) this.#write('data', nowMs, frame);
  }

  #write(message: 'data' | 'keepalive', nowMs: number, frame?: Frame): void {
    let outcome: WriteOutcome;
    try {
      outcome = frame === undefined ? this.#socket.writeKeepAlive() : this.#socket.write(frame);
    } catch (error) {
      return this.#fail(error);
    }
    this.#channel.tally.count(message, outcome);
    if (outcome === 'closed') this.#report = 'gone';
    else this.#lastByteMs = nowMs;
    if (outcome === 'congested') this.#report ??= 'congested';
  }

  /** @returns whether the socket did not throw */
  #call(method: 'rearm' | 'end' | 'close'): boolean {
    try {
      this.#socket[method]();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** Closes the stream, to which nothing would be written any more. The others continue. */
  #fail(error: unknown): void {
    this.#closeReason = 'failed';
    this.#report = 'failed';
    this.#channel.streamFailed(error);
  }
}
