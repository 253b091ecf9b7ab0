import {
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  sessionTable,
} from './subscriber-session.machine.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Frame, SubscriberSocket, WriteOutcome } from './subscriber-socket.ts';
import type { WriteTally } from './write-tally.ts';

/** What a session asks of the channel that it belongs to. */
export interface SessionChannel {
  /** Counts the updates that the channel has taken: a session that has heard as many is up to date. */
  readonly version: number;
  readonly tally: WriteTally;
  /** What a session is sent next that has received the first `version` updates, or less. */
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
  /** When the stream has reached its age, on the monotonic clock; Infinity for never. */
  readonly endsAtMs: number;
  /** Called once, when the session has left its channel, in whatever way it ended. */
  readonly onLeft?: (() => void) | undefined;
}

/**
 * The actor of one subscriber. Its states and what it does in them are in the machine; here is its data, which is the
 * same few numbers whatever its peer does.
 */
export class SubscriberSession {
  #state: SessionState = sessionTable.initial;
  readonly #socket: SubscriberSocket;
  readonly #channel: SessionChannel;
  /** How many of the channel's updates it has heard, or something that stands for them. */
  #heard: number;
  #lastByteMs: number;
  #congestedSinceMs = 0;
  readonly #encoder: EventEncoder;
  readonly #endsAtMs: number;
  readonly #onLeft: (() => void) | undefined;
  #closeReason: CloseReason = 'client';
  /** What the effects that are running have met; it is handled after them. */
  #report: 'congested' | 'gone' | 'failed' | undefined;
  #acting = false;

  /**
   * @param heard the channel's version that the stream's head stands for
   */
  constructor(
    socket: SubscriberSocket,
    channel: SessionChannel,
    heard: number,
    nowMs: number,
    { encoder, endsAtMs, onLeft }: SessionTerms,
  ) {
    this.#socket = socket;
    this.#channel = channel;
    this.#heard = heard;
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
    return this.#heard !== this.#channel.version;
  }

  /** The channel passes by: the session hears what it has not heard yet, if it can. */
  update(nowMs: number): void {
    if (this.isBehind) this.#handle('update', nowMs);
  }

  /** The peer took everything that was written. */
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
   * Whatever time has made due: the stream's end, a keep-alive, giving up.
   *
   * @returns whether anything was
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
      // A socket that reports from inside a write: its event waits for the effects to end, like their own reports.
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
        // The session is closed already, and takes no event any more: it must not leave an open stream behind.
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
    const frame = this.#channel.frameAfter(this.#heard, this.#encoder);
    this.#heard = this.#channel.version;
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

  /** Its stream is closed, lest it stays open with nobody to write to it, and the others go on. */
  #fail(error: unknown): void {
    this.#closeReason = 'failed';
    this.#report = 'failed';
    this.#channel.streamFailed(error);
  }
}
