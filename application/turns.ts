import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import { comparableMicros } from '../domain/updated-at.ts';
import type { WriteTally } from '../domain/write-tally.ts';
import type { Clock } from './ports/clock.ts';
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
export const DEFAULT_SLICES: Slices = { sessions: 100, turnSessions: 500 };

/** Gives the channels that have something to send their slices, side by side. */
export interface Turns {
  /** How many channels wait for a slice. */
  readonly waiting: number;
  /** Asks for a slice, on a turn of its own. Asking twice is asking once. */
  request(channel: EnvironmentChannel): void;
  /** Its pass is over: it needs no slice any more. */
  forget(channel: EnvironmentChannel): void;
}

/** What turns need of the hub: who counts what is written, and passes it on. */
export interface TurnsHost {
  readonly tally: WriteTally;
  flushTally(): void;
}

/** Turns as fast as they go: a turn of the event loop after the other, until every pass is over. */
export class FreeTurns implements Turns {
  readonly #slices: Slices;
  readonly #host: TurnsHost;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  /** Channels that asked for a slice, in the order in which they asked, and each once. */
  readonly #waiting = new Set<EnvironmentChannel>();
  #turnRequested = false;

  constructor(slices: Slices, host: TurnsHost, adapters: { readonly clock: Clock; readonly telemetry: Telemetry }) {
    this.#slices = slices;
    this.#host = host;
    this.#clock = adapters.clock;
    this.#telemetry = adapters.telemetry;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  request(channel: EnvironmentChannel): void {
    this.#waiting.add(channel);
    this.#requestTurn();
  }

  forget(channel: EnvironmentChannel): void {
    this.#waiting.delete(channel);
  }

  #requestTurn(): void {
    if (this.#turnRequested) return;
    this.#turnRequested = true;
    this.#clock.nextTurn(() => this.#takeTurn());
  }

  /** A slice for each channel that waits, as far as a turn goes. */
  #takeTurn(): void {
    this.#turnRequested = false;
    const { tally } = this.#host;
    const nowMs = this.#clock.monotonicMs();
    let sessionsLeft = this.#slices.turnSessions;
    // One that asks again during the turn is behind all of these: its next slice is for another turn.
    let asked = this.#waiting.size;
    for (const channel of this.#waiting) {
      if (asked-- === 0 || sessionsLeft <= 0) break;
      this.#waiting.delete(channel);
      const visits = Math.min(this.#slices.sessions, sessionsLeft, channel.sessions.size + 1);
      channel.spread(visits, nowMs);
      sessionsLeft -= visits;
      if (tally.updates > 0) {
        this.#telemetry.delivered(tally.updates, this.#clock.monotonicMs() - channel.owedMs);
        countAges(tally.updates, channel, this.#clock, this.#telemetry);
      }
      this.#host.flushTally();
    }
    if (this.#waiting.size > 0) this.#requestTurn();
  }
}

/** Counts how late the news of a channel were for the sessions that have just received them. */
export function countAges(count: number, { news }: EnvironmentChannel, clock: Clock, telemetry: Telemetry): void {
  if (news === undefined) return;
  const epochMs = clock.epochMs();
  const micros = comparableMicros(news.updatedAt, epochMs);
  if (micros !== undefined) telemetry.deliveredAtAge(count, Math.max(0, epochMs - micros / 1000));
}
