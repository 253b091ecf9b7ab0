import type { Health } from './health.ts';
import type { Hubs } from './hubs.ts';
import type { PendingUpdates } from './pending-updates.ts';
import { type Clock, pause } from './ports/clock.ts';
import type { HttpListener } from './ports/http-listener.ts';
import type { Logger } from './ports/logger.ts';
import type { QueueChange } from './queue-change.ts';
import type { Repairs } from './repairs.ts';
import type { RepeatedChanges } from './repeated-changes.ts';
import type { StreamRoom } from './stream-room.ts';

export interface DrainOptions {
  /** How long new streams are still taken after `/readyz` has turned: load balancers need a while to notice. */
  readonly waitMs: number;
  /** Over how long the streams are ended: their clients come back elsewhere at this pace. */
  readonly spreadMs: number;
  /** The longest that a change may wait for the log: so long the drain waits for its answer. */
  readonly changeDeadlineMs: number;
}

const STEP_MS = 50;

/**
 * The way out: no new clients by way of the load balancer, then none at all, then every stream ended properly, spread
 * over time. A peer that does not read has until the end; cutting it is the one unclean end, and it is counted.
 */
export class Drain {
  readonly #options: DrainOptions;
  readonly #hubs: Hubs;
  readonly #room: StreamRoom;
  readonly #changes: QueueChange;
  readonly #repeated: RepeatedChanges;
  readonly #pending: PendingUpdates;
  readonly #repairs: Repairs;
  readonly #health: Health;
  readonly #listeners: readonly HttpListener[];
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    options: DrainOptions,
    parts: {
      readonly hubs: Hubs;
      readonly room: StreamRoom;
      readonly changes: QueueChange;
      readonly repeated: RepeatedChanges;
      readonly pending: PendingUpdates;
      readonly repairs: Repairs;
      readonly health: Health;
      readonly listeners: readonly HttpListener[];
    },
    adapters: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#options = options;
    this.#hubs = parts.hubs;
    this.#room = parts.room;
    this.#changes = parts.changes;
    this.#repeated = parts.repeated;
    this.#pending = parts.pending;
    this.#repairs = parts.repairs;
    this.#health = parts.health;
    this.#listeners = parts.listeners;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
  }

  async run(): Promise<void> {
    const { waitMs, spreadMs } = this.#options;
    this.#health.drain();
    this.#repairs.stop();
    this.#logger.info('drain_started', { streams: this.#hubs.subscribers, waitMs, spreadMs });
    await pause(this.#clock, waitMs);
    // In a turn of its own, right after the event loop has accepted whoever was waiting: a listener that closes resets
    // those that still wait.
    await new Promise<void>((resolve) => this.#clock.nextTurn(resolve));
    for (const listener of this.#listeners) listener.stopListening();
    this.#room.drain();
    // The requests of those that were accepted last are on their way.
    await pause(this.#clock, STEP_MS);
    await this.#endStreams();
    this.#repeated.stop();
    await this.#answerChanges(this.#clock.monotonicMs() + this.#options.changeDeadlineMs);
    await this.#pending.stop();
    const cut = this.#cutTheRest();
    this.#logger.info('drain_done', { cut });
  }

  /**
   * No new clients, and every stream ended properly, in one turn. It is for a process that has crashed: whatever fails
   * on the way must not keep the rest from its end. It resolves in the next turn, because the crash may have come out
   * of a transport's own callback, in which its connections must not be closed.
   */
  endAtOnce(): Promise<void> {
    for (const listener of this.#listeners) attempt(() => listener.stopListening());
    const nowMs = this.#clock.monotonicMs();
    for (const session of [...this.#hubs.sessions()]) attempt(() => session.end('drained', nowMs));
    return new Promise((resolve) => this.#clock.nextTurn(resolve));
  }

  async #endStreams(): Promise<void> {
    const sessions = [...this.#hubs.sessions()];
    const beganMs = this.#clock.monotonicMs();
    const endsMs = beganMs + this.#options.spreadMs;
    let ended = 0;
    while (this.#hubs.subscribers > 0) {
      const nowMs = this.#clock.monotonicMs();
      const share = nowMs >= endsMs ? 1 : (nowMs - beganMs) / this.#options.spreadMs;
      const due = Math.ceil(sessions.length * share);
      for (; ended < due; ended++) sessions[ended]?.end('drained', nowMs);
      this.#hubs.flushTally();
      if (nowMs >= endsMs) return;
      await pause(this.#clock, Math.min(STEP_MS, endsMs - nowMs));
    }
  }

  /**
   * Callers that announced a change before the listeners closed get an answer, also while the log is away. Changes that
   * are repeated just now get the same time.
   */
  async #answerChanges(untilMs: number): Promise<void> {
    while (this.#changes.inFlight > 0 && this.#clock.monotonicMs() <= untilMs) await pause(this.#clock, STEP_MS);
  }

  /** Streams that were opened since the drain began are ended here; peers that do not read are cut. */
  #cutTheRest(): number {
    const nowMs = this.#clock.monotonicMs();
    for (const session of [...this.#hubs.sessions()]) session.end('drained', nowMs);
    const congested = [...this.#hubs.sessions()];
    for (const session of congested) session.giveUp(nowMs);
    return congested.length;
  }
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The crash before it is what is logged.
  }
}
