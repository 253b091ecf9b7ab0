import { type ChannelEvent, type ChannelState, channelTable } from './environment-channel.machine.ts';
import type { EnvironmentId } from './environment-id.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Instant } from './instant.ts';
import {
  EMPTY_REGISTER,
  expire,
  hasTaken,
  holds,
  lastTaken,
  merge,
  newest,
  type Register,
  withRepair,
} from './register.ts';
import { type SessionChannel, type SessionTerms, SubscriberSession } from './subscriber-session.ts';
import type { Frame, SubscriberSocket } from './subscriber-socket.ts';
import { eventId, type Update } from './update.ts';
import type { WriteTally } from './write-tally.ts';

/**
 * Which update of an environment is sent to a joiner, and to a session that missed some: the greatest, for clients that
 * compare times, or the last in log order, for clients that do not.
 */
export type Ranking = 'greatest' | 'last';

/** What a channel needs from the hub that holds it. */
export interface ChannelHost {
  readonly ranking: Ranking;
  /** How long an update is sent to joiners, at most. */
  readonly retentionMs: number;
  readonly tally: WriteTally;
  /** Asks for `spread` to be called soon, in a turn of its own. */
  requestSlice(channel: EnvironmentChannel): void;
  passEnded(channel: EnvironmentChannel): void;
  /** An encoder threw. */
  encodingFailed(update: Update, error: unknown): void;
  /** The socket of one of its sessions threw. */
  streamFailed(channel: EnvironmentChannel, error: unknown): void;
  sessionLeft(session: SubscriberSession): void;
  /** The last session left. */
  emptied(channel: EnvironmentChannel): void;
}

/** An update's event in one dialect. No frame: the encoder threw, and is not called again for this update. */
interface EncodedUpdate {
  readonly update: Update;
  readonly encoder: EventEncoder;
  readonly frame: Frame | undefined;
}

export interface Joining extends SessionTerms {
  /** The id of the last event that the client has received. If the register has the same id, it is not sent again. */
  readonly resumeFrom?: string | undefined;
}

/**
 * The actor of one environment. It alone owns the register (what a joiner receives) and the roster (the sessions).
 *
 * An update reaches the roster in a rolling pass of slices. The roster is a Set because its iterator does exactly what
 * a pass needs: it skips sessions that leave and visits those that join, without a cursor that a removal could move.
 */
export class EnvironmentChannel implements SessionChannel {
  readonly environment: EnvironmentId;
  readonly #host: ChannelHost;
  #state: ChannelState = channelTable.initial;
  readonly #roster = new Set<SubscriberSession>();
  #register: Register = EMPTY_REGISTER;
  /** The last update in log order, including repairs: it distinguishes a replay from news. */
  #latest: Update | undefined;
  /** The latest, or an earlier one that outlasts it: a repair lasts no longer than its original. */
  #last: Update | undefined;
  /** What an up-to-date session is sent next: the last update in log order that was news, or the newest again. */
  #next: Update | undefined;
  /** The epoch of the log in which the latest was last seen. */
  #epoch = 0;
  #version = 0;
  #owedMs = 0;
  #isEcho = false;
  /** What was encoded since the last update: that update, and those of the register, in each dialect in use. */
  readonly #encoded: EncodedUpdate[] = [];
  /** The current round of the pass: the sessions left to visit, and the version at its start. */
  #round: { readonly left: Iterator<SubscriberSession>; readonly version: number } | undefined;
  #beginsRound = false;
  #roundBeganMs = -Infinity;

  constructor(environment: EnvironmentId, host: ChannelHost) {
    this.environment = environment;
    this.#host = host;
  }

  get state(): ChannelState {
    return this.#state;
  }

  get version(): number {
    return this.#version;
  }

  get tally(): WriteTally {
    return this.#host.tally;
  }

  get latest(): Update | undefined {
    return this.#latest;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The update that a pass sends; undefined if it sends one again. */
  get news(): Update | undefined {
    return this.#isEcho ? undefined : this.#next;
  }

  /** Since when the pass has owed its sessions the update, on the monotonic clock. */
  get owedMs(): number {
    return this.#owedMs;
  }

  /** Whether the next slice is the first of a round over the roster. */
  get beginsRound(): boolean {
    return this.#beginsRound;
  }

  /** When the last round made its first visit, on the monotonic clock. */
  get roundBeganMs(): number {
    return this.#roundBeganMs;
  }

  /** What was held back until then counts as owed from then on: only later delay is slowness. */
  heldUntil(untilMs: number): void {
    this.#owedMs = Math.max(this.#owedMs, untilMs);
  }

  get sessions(): ReadonlySet<SubscriberSession> {
    return this.#roster;
  }

  /** The update that a subscriber receives if it joins now; never one past its retention. */
  newest(epochMs: number): Update | undefined {
    if (this.#host.ranking === 'last') return this.last(epochMs);
    this.#register = expire(this.#register, epochMs - this.#host.retentionMs);
    return newest(this.#register);
  }

  /** The last update in log order, unless it is past its retention. */
  last(epochMs: number): Update | undefined {
    const horizonMs = epochMs - this.#host.retentionMs;
    this.#register = expire(this.#register, horizonMs);
    if (this.#last !== undefined && this.#last.storedAtMs <= horizonMs) this.#last = lastTaken(this.#register);
    return this.#last;
  }

  /** Starts with what another channel of the environment has taken, as if this one had taken it. */
  beginAs(other: EnvironmentChannel): void {
    this.#register = other.#register;
    this.#latest = other.#latest;
    this.#last = other.#last;
    this.#epoch = other.#epoch;
  }

  /** Whether the log has delivered an update, or another one that covers it for at least as long. */
  hasTaken(update: Update, epochMs: number): boolean {
    return hasTaken(this.#register, update, epochMs);
  }

  /** Adds a subscriber and sends it the register, unless its client has that already. */
  join(socket: SubscriberSocket, joining: Joining, now: Instant): SubscriberSession {
    const known = this.newest(now.epochMs);
    const isBehind = known !== undefined && eventId(known) !== joining.resumeFrom;
    const session = new SubscriberSession(socket, this, isBehind ? -1 : this.#version, now.monotonicMs, joining);
    this.#roster.add(session);
    this.#handle('joined');
    session.update(now.monotonicMs);
    return session;
  }

  streamFailed(error: unknown): void {
    this.#host.streamFailed(this, error);
  }

  leave(session: SubscriberSession): void {
    if (!this.#roster.delete(session)) return;
    this.#host.sessionLeft(session);
    this.#handle(this.#roster.size === 0 ? 'lastLeft' : 'left');
  }

  /**
   * Takes an update from the log, unless it has taken it before. Within an epoch the sequence grows. A new epoch begins
   * with a replay, in which an update is the same only if both sequence and value are (the stream may have been
   * recreated, or its store rolled back). A repair of an update in the register takes its place there and is not sent;
   * nor is a repair whose original has expired.
   *
   * @returns whether it was news
   */
  take(update: Update, epoch: number, now: Instant): boolean {
    if (this.#latest !== undefined) {
      if (epoch === this.#epoch && update.sequence <= this.#latest.sequence) return false;
      this.#epoch = epoch;
      if (eventId(update) === eventId(this.#latest)) return false;
    }
    this.#epoch = epoch;
    this.#latest = this.#last = update;
    const horizonMs = now.epochMs - this.#host.retentionMs;
    const shown = expire(this.#register, horizonMs);
    // A repair is recognised by its mark, never by its value alone: two real changes can have the same time.
    if (update.isRepair === true && (holds(shown, update.updatedAt) || update.storedAtMs <= horizonMs)) {
      this.#register = withRepair(shown, update);
      return false;
    }
    this.#register = merge(shown, update, now.epochMs);
    this.#isEcho = false;
    this.#owe(update, now.monotonicMs);
    return true;
  }

  /**
   * Sends the newest update to every session again, as if it were news. This does not make it the latest.
   *
   * @returns whether there was one to send
   */
  sendAgain(now: Instant): boolean {
    const newest = this.newest(now.epochMs);
    if (newest === undefined) return false;
    this.#isEcho = true;
    this.#owe(newest, now.monotonicMs);
    return true;
  }

  /**
   * Visits up to `limit` sessions of the pass. One bad socket never ends it.
   *
   * @returns `done` when every session has been visited since the newest update, `more` when another slice was
   *   requested, and `round` when that slice begins another round, for an update that arrived during this one
   */
  spread(limit: number, nowMs: number): 'more' | 'round' | 'done' {
    this.#noteRound(nowMs);
    for (let visited = 0; visited < limit && this.#round !== undefined && !this.#beginsRound; visited++) {
      const next = this.#round.left.next();
      if (next.done !== true) next.value.update(nowMs);
      else if (this.#round.version === this.#version) this.#handle('passDone');
      else this.#beginRound();
    }
    if (this.#round === undefined) return 'done';
    this.#handle('sliceDone');
    return this.#beginsRound ? 'round' : 'more';
  }

  #noteRound(nowMs: number): void {
    if (this.#beginsRound) this.#roundBeganMs = nowMs;
    this.#beginsRound = false;
  }

  /** Undefined also for an update that cannot be encoded: sessions skip it and receive the next one. */
  frameAfter(version: number, encoder: EventEncoder): Frame | undefined {
    const owed = this.#owedAfter(version);
    if (owed === undefined) return undefined;
    for (const encoded of this.#encoded)
      if (encoded.update === owed && encoded.encoder === encoder) return encoded.frame;
    const frame = this.#encode(owed, encoder);
    this.#encoded.push({ update: owed, encoder, frame });
    return frame;
  }

  #owedAfter(version: number): Update | undefined {
    if (this.#host.ranking === 'last') return this.#last ?? this.#next;
    return version === this.#version - 1 ? this.#next : (newest(this.#register) ?? this.#next);
  }

  /** From now on no session is up to date. */
  #owe(update: Update, nowMs: number): void {
    this.#next = update;
    this.#encoded.length = 0;
    this.#version++;
    this.#owedMs = nowMs;
    this.#handle('updated');
  }

  #encode(update: Update, encoder: EventEncoder): Frame | undefined {
    try {
      return encoder.encode(update);
    } catch (error) {
      this.#host.encodingFailed(update, error);
      return undefined;
    }
  }

  #beginRound(): void {
    this.#round = { left: this.#roster.values(), version: this.#version };
    this.#beginsRound = true;
  }

  #handle(event: ChannelEvent): void {
    const step = channelTable.steps[this.#state][event];
    if (step === undefined) return;
    this.#state = step.next;
    for (const effect of step.effects) {
      switch (effect) {
        case 'beginPass':
          this.#beginRound();
          break;
        case 'requestSlice':
          this.#host.requestSlice(this);
          break;
        case 'endPass':
          this.#round = undefined;
          this.#host.passEnded(this);
          break;
        case 'reportEmpty':
          this.#host.emptied(this);
          break;
      }
    }
  }
}
