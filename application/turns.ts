import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import { comparableMicros } from '../domain/updated-at.ts';
import type { WriteTally } from '../domain/write-tally.ts';
import type { Clock } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** How much is written before the event loop continues with everything else. */
export interface Slices {
  /** How many sessions of one channel are visited in a turn. */
  readonly sessions: number;
  /** How many sessions are visited in a turn if several channels have a slice in it. */
  readonly turnSessions: number;
}

/**
 * A slice is about a millisecond of writing: a health check or a POST waits this long for a pass. A POST takes several
 * turns (to the log, back, and its answer), so with longer slices a busy environment would delay every change. With
 * fewer sessions in a turn, changes of many small environments would come in faster than they go out.
 */
export const DEFAULT_SLICES: Slices = { sessions: 100, turnSessions: 500 };

/** Gives the channels that have something to send their slices, side by side. */
export interface Turns {
  /** How many channels wait for a slice. */
  readonly waiting: number;
  /** Requests a slice, in a turn of its own. A second request before that has no effect. */
  request(channel: EnvironmentChannel): void;
  /** Its pass has ended: it needs no more slices. */
  forget(channel: EnvironmentChannel): void;
}

/** What turns need from the hub, which counts what is written and reports it. */
export interface TurnsHost {
  readonly tally: WriteTally;
  flushTally(): void;
}

/** Turns as fast as possible: one turn of the event loop after another, until every pass has ended. */
export class FreeTurns implements Turns {
  readonly #slices: Slices;
  readonly #host: TurnsHost;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  /** Channels that requested a slice, in the order of their requests, each once. */
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

  /** Gives each waiting channel a slice, until the turn is used up. */
  #takeTurn(): void {
    this.#turnRequested = false;
    const { tally } = this.#host;
    const nowMs = this.#clock.monotonicMs();
    let sessionsLeft = this.#slices.turnSessions;
    // A channel that asks again during the turn comes after all of these: its next slice is in another turn.
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

/** Counts how old the news of a channel was for the sessions that have just received it. */
export function countAges(count: number, { news }: EnvironmentChannel, clock: Clock, telemetry: Telemetry): void {
  if (news === undefined) return;
  const epochMs = clock.epochMs();
  const micros = comparableMicros(news.updatedAt, epochMs);
  if (micros !== undefined) telemetry.deliveredAtAge(count, Math.max(0, epochMs - micros / 1000));
}
