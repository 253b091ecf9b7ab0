import { type ChannelHost, EnvironmentChannel, type Joining, type Ranking } from '../domain/environment-channel.ts';
import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Instant } from '../domain/instant.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import { eventId, type Update } from '../domain/update.ts';
import { WriteTally } from '../domain/write-tally.ts';
import { Echoes } from './echoes.ts';
import { PacedTurns } from './paced-turns.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { NewestIds } from './ports/newest-ids.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { SpacedTurns, type SpacingHost } from './spaced-turns.ts';
import { thrown } from './thrown.ts';
import { FreeTurns, type Slices, type Turns, type TurnsHost } from './turns.ts';

export interface HubOptions {
  /** How long an update is sent to joiners, unless the log keeps it for less time. */
  readonly retentionMs: number;
  readonly slices: Slices;
  /** How many events passes send in a second at most; 0: without a limit. */
  readonly refetchPerSecond: number;
  /** The times after which the newest update is sent again, in milliseconds, ascending. */
  readonly echoMs: readonly number[];
  readonly ranking: Ranking;
  /** The shortest time from the beginning of a channel's round to that of the next; 0: as soon as there is news. */
  readonly spacingMs: number;
}

/**
 * Where updates from the log meet the subscribers. It owns the map of channels. Every channel that has something to
 * send gets its turn: a slice of sessions at a time, with a turn of the event loop between its slices, or a pause if
 * there is a pace.
 */
export class Hub implements ChannelHost, TurnsHost, SpacingHost, NewestIds {
  readonly #ownRetentionMs: number;
  #retentionMs: number;
  readonly slices: Slices;
  readonly ranking: Ranking;
  readonly tally = new WriteTally();
  readonly #channels = new Map<EnvironmentId, EnvironmentChannel>();
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  readonly #turns: Turns;
  readonly #echoes: Echoes | undefined;
  readonly #source: Hub | undefined;
  /** When each pass in progress began, on the monotonic clock, plus the time for which the spacing held it back. */
  readonly #passes = new Map<EnvironmentChannel, number>();
  #subscribers = 0;

  /**
   * @param source a hub that takes the same updates before this one. If given, this hub has channels only for
   *   environments that have sessions in it, and they start with the state of the source's channels
   */
  constructor(
    options: HubOptions,
    adapters: {
      readonly clock: Clock;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
    source?: Hub,
  ) {
    this.#ownRetentionMs = options.retentionMs;
    this.#retentionMs = options.retentionMs;
    this.slices = options.slices;
    this.ranking = options.ranking;
    this.#source = source;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
    const { refetchPerSecond, slices, echoMs, spacingMs } = options;
    const turns =
      refetchPerSecond > 0
        ? new PacedTurns(refetchPerSecond, slices, this, adapters)
        : new FreeTurns(slices, this, adapters);
    this.#turns = spacingMs > 0 ? new SpacedTurns(spacingMs, turns, this, adapters.clock) : turns;
    if (echoMs.length > 0) this.#echoes = new Echoes(echoMs, adapters);
  }

  /** The smaller of our own and the log's. */
  get retentionMs(): number {
    return this.#retentionMs;
  }

  /**
   * An instance that starts later does not know what the log has dropped. So no instance sends that to joiners, and
   * they all answer alike. Undefined: the log drops nothing because of its age.
   */
  logKeeps(keptMs: number | undefined): void {
    this.#retentionMs = Math.min(this.#ownRetentionMs, keptMs ?? Number.POSITIVE_INFINITY);
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** How many channels have a pass in progress. */
  get passes(): number {
    return this.#passes.size;
  }

  /** When the pass of a channel began, as if it had not been held back by the spacing; undefined: it has none. */
  passBeganMs(channel: EnvironmentChannel): number | undefined {
    return this.#passes.get(channel);
  }

  get channels(): ReadonlyMap<EnvironmentId, EnvironmentChannel> {
    return this.#channels;
  }

  /** Every session. Others may join or leave meanwhile; none that stays is skipped. */
  *sessions(): Generator<SubscriberSession, undefined> {
    for (const channel of this.#channels.values()) yield* channel.sessions;
  }

  join(environment: EnvironmentId, socket: SubscriberSocket, joining: Joining): SubscriberSession {
    let channel = this.#channels.get(environment);
    if (channel === undefined) {
      channel = new EnvironmentChannel(environment, this);
      this.#channels.set(environment, channel);
      const source = this.#source?.channels.get(environment);
      if (source !== undefined) channel.beginAs(source);
    }
    const isFirst = channel.sessions.size === 0;
    this.#subscribers++;
    this.#telemetry.streamOpened();
    const session = channel.join(socket, joining, this.#now());
    this.flushTally();
    if (isFirst && channel.sessions.size > 0) this.#echoes?.firstJoined(channel);
    return session;
  }

  /** Takes an update from the log. Sessions receive it even if it is past its retention. */
  take(environment: EnvironmentId, update: Update, epoch: number): void {
    let channel = this.#channels.get(environment);
    if (channel === undefined && this.#source !== undefined) return;
    const now = this.#now();
    if (channel === undefined) {
      if (update.storedAtMs <= now.epochMs - this.retentionMs) return;
      channel = new EnvironmentChannel(environment, this);
      this.#channels.set(environment, channel);
    }
    if (channel.take(update, epoch, now) && channel.sessions.size > 0) this.#echoes?.updated(channel);
  }

  /** The last update in log order that this instance has seen. */
  latest(environment: EnvironmentId): Update | undefined {
    return this.#channels.get(environment)?.latest;
  }

  newestId(environment: EnvironmentId): string | undefined {
    const last = this.#channels.get(environment)?.last(this.#clock.epochMs());
    return last && eventId(last);
  }

  /** What a subscriber that joins now receives. */
  newest(environment: EnvironmentId): Update | undefined {
    return this.#channels.get(environment)?.newest(this.#clock.epochMs());
  }

  /** Drops a channel that has no sessions, and nothing to send to one. */
  dropIfSpent(channel: EnvironmentChannel): void {
    if (channel.state !== 'empty') return;
    if (this.#source !== undefined || channel.newest(this.#clock.epochMs()) === undefined)
      this.#channels.delete(channel.environment);
  }

  /** Reports what was written since the last call. */
  flushTally(): void {
    const { updates, keepAlives, failedUpdates, failedKeepAlives } = this.tally;
    if (updates > 0) this.#telemetry.wrote('data', updates);
    if (keepAlives > 0) this.#telemetry.wrote('keepalive', keepAlives);
    if (failedUpdates > 0) this.#telemetry.writeFailed('data', failedUpdates);
    if (failedKeepAlives > 0) this.#telemetry.writeFailed('keepalive', failedKeepAlives);
    this.tally.reset();
  }

  /** A bug in an encoder costs one update, not the streams: they receive the next one. */
  encodingFailed(update: Update, error: unknown): void {
    this.#logger.error('update_not_encoded', { updatedAt: update.updatedAt, ...thrown(error) });
  }

  streamFailed(channel: EnvironmentChannel, error: unknown): void {
    this.#logger.error('stream_failed', { environment: channel.environment, ...thrown(error) });
  }

  requestSlice(channel: EnvironmentChannel): void {
    if (!this.#passes.has(channel)) this.#passes.set(channel, this.#clock.monotonicMs());
    this.#turns.request(channel);
  }

  heldBack(channel: EnvironmentChannel, heldMs: number): void {
    const beganMs = this.#passes.get(channel);
    if (beganMs !== undefined) this.#passes.set(channel, beganMs + heldMs);
  }

  passEnded(channel: EnvironmentChannel): void {
    this.#turns.forget(channel);
    const beganMs = this.#passes.get(channel);
    this.#passes.delete(channel);
    if (beganMs !== undefined) this.#telemetry.passFinished(this.#clock.monotonicMs() - beganMs);
  }

  sessionLeft(session: SubscriberSession): void {
    this.#subscribers--;
    this.#telemetry.streamClosed(session.closeReason);
  }

  emptied(channel: EnvironmentChannel): void {
    this.#echoes?.emptied(channel);
    this.dropIfSpent(channel);
  }

  #now(): Instant {
    return { epochMs: this.#clock.epochMs(), monotonicMs: this.#clock.monotonicMs() };
  }
}
