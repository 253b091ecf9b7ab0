import { type ChannelHost, EnvironmentChannel, type Joining } from '../domain/environment-channel.ts';
import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Instant } from '../domain/instant.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import type { Update } from '../domain/update.ts';
import { WriteTally } from '../domain/write-tally.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { thrown } from './thrown.ts';

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
export const DEFAULT_SLICES: Slices = { sessions: 100, turnSessions: 500 };

/**
 * Where updates from the log meet the subscribers. It owns the map of channels, and gives every channel that has
 * something to tell its turn: a slice of sessions at a time, with a turn of the event loop between its slices.
 */
export class Hub implements ChannelHost {
  readonly #ownRetentionMs: number;
  #retentionMs: number;
  readonly slices: Slices;
  readonly tally = new WriteTally();
  readonly #channels = new Map<EnvironmentId, EnvironmentChannel>();
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  /** Channels that asked for a slice, in the order in which they asked, and each once. */
  readonly #waiting = new Set<EnvironmentChannel>();
  #turnRequested = false;
  /** When each pass under way began, on the monotonic clock. */
  readonly #passes = new Map<EnvironmentChannel, number>();
  #subscribers = 0;

  constructor(
    options: { readonly retentionMs: number; readonly slices: Slices },
    adapters: {
      readonly clock: Clock;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
  ) {
    this.#ownRetentionMs = options.retentionMs;
    this.#retentionMs = options.retentionMs;
    this.slices = options.slices;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
  }

  /** The smaller of our own and the log's. */
  get retentionMs(): number {
    return this.#retentionMs;
  }

  /**
   * What the log has dropped is unknown to an instance that starts then, so none shows it to joiners any more, and all
   * of them answer alike. Undefined: the log drops nothing for its age.
   */
  logKeeps(keptMs: number | undefined): void {
    this.#retentionMs = Math.min(this.#ownRetentionMs, keptMs ?? Number.POSITIVE_INFINITY);
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** How many channels are being spread. */
  get passes(): number {
    return this.#passes.size;
  }

  get channels(): ReadonlyMap<EnvironmentId, EnvironmentChannel> {
    return this.#channels;
  }

  /** Every session, while sessions come and go: none that stays is passed over. */
  *sessions(): Generator<SubscriberSession, undefined> {
    for (const channel of this.#channels.values()) yield* channel.sessions;
  }

  join(environment: EnvironmentId, socket: SubscriberSocket, joining: Joining): SubscriberSession {
    let channel = this.#channels.get(environment);
    if (channel === undefined) {
      channel = new EnvironmentChannel(environment, this);
      this.#channels.set(environment, channel);
    }
    this.#subscribers++;
    this.#telemetry.streamOpened();
    const session = channel.join(socket, joining, this.#now());
    this.flushTally();
    return session;
  }

  /** Takes an update that the log told. Sessions that are here hear it even when it is past its retention. */
  take(environment: EnvironmentId, update: Update, epoch: number): void {
    const now = this.#now();
    let channel = this.#channels.get(environment);
    if (channel === undefined) {
      if (update.storedAtMs <= now.epochMs - this.retentionMs) return;
      channel = new EnvironmentChannel(environment, this);
      this.#channels.set(environment, channel);
    }
    channel.take(update, epoch, now);
  }

  /** The last update in log order that this instance has seen. */
  latest(environment: EnvironmentId): Update | undefined {
    return this.#channels.get(environment)?.latest;
  }

  /** What a subscriber who joins now hears. */
  newest(environment: EnvironmentId): Update | undefined {
    return this.#channels.get(environment)?.newest(this.#clock.epochMs());
  }

  /** Lets go of a channel that has no sessions and nothing to show. */
  dropIfSpent(channel: EnvironmentChannel): void {
    if (channel.state === 'empty' && channel.newest(this.#clock.epochMs()) === undefined)
      this.#channels.delete(channel.environment);
  }

  /** Passes on what was written since the last time. */
  flushTally(): void {
    const { updates, keepAlives, failedUpdates, failedKeepAlives } = this.tally;
    if (updates > 0) this.#telemetry.wrote('data', updates);
    if (keepAlives > 0) this.#telemetry.wrote('keepalive', keepAlives);
    if (failedUpdates > 0) this.#telemetry.writeFailed('data', failedUpdates);
    if (failedKeepAlives > 0) this.#telemetry.writeFailed('keepalive', failedKeepAlives);
    this.tally.reset();
  }

  /** A bug in an encoder costs its update, and not the streams: they receive the next one. */
  encodingFailed(update: Update, error: unknown): void {
    this.#logger.error('update_not_encoded', { updatedAt: update.updatedAt, ...thrown(error) });
  }

  streamFailed(channel: EnvironmentChannel, error: unknown): void {
    this.#logger.error('stream_failed', { environment: channel.environment, ...thrown(error) });
  }

  requestSlice(channel: EnvironmentChannel): void {
    if (!this.#passes.has(channel)) this.#passes.set(channel, this.#clock.monotonicMs());
    this.#waiting.add(channel);
    this.#requestTurn();
  }

  passEnded(channel: EnvironmentChannel): void {
    const beganMs = this.#passes.get(channel);
    this.#passes.delete(channel);
    if (beganMs !== undefined) this.#telemetry.passFinished(this.#clock.monotonicMs() - beganMs);
  }

  sessionLeft(session: SubscriberSession): void {
    this.#subscribers--;
    this.#telemetry.streamClosed(session.closeReason);
  }

  emptied(channel: EnvironmentChannel): void {
    this.dropIfSpent(channel);
  }

  #requestTurn(): void {
    if (this.#turnRequested) return;
    this.#turnRequested = true;
    this.#clock.nextTurn(() => this.#takeTurn());
  }

  /** A slice for each channel that waits, as far as a turn goes. */
  #takeTurn(): void {
    this.#turnRequested = false;
    const nowMs = this.#clock.monotonicMs();
    let sessionsLeft = this.slices.turnSessions;
    // One that asks again during the turn is behind all of these: its next slice is for another turn.
    let asked = this.#waiting.size;
    for (const channel of this.#waiting) {
      if (asked-- === 0 || sessionsLeft <= 0) break;
      this.#waiting.delete(channel);
      const visits = Math.min(this.slices.sessions, sessionsLeft, channel.sessions.size + 1);
      channel.spread(visits, nowMs);
      sessionsLeft -= visits;
      if (this.tally.updates > 0)
        this.#telemetry.delivered(this.tally.updates, this.#clock.monotonicMs() - channel.updatedMs);
      this.flushTally();
    }
    if (this.#waiting.size > 0) this.#requestTurn();
  }

  #now(): Instant {
    return { epochMs: this.#clock.epochMs(), monotonicMs: this.#clock.monotonicMs() };
  }
}
