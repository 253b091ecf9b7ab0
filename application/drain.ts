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
  /** How long new streams are still accepted after `/readyz` begins to fail: load balancers need time to notice. */
  readonly waitMs: number;
  /** The time over which streams are ended: their clients reconnect elsewhere at this pace. */
  readonly spreadMs: number;
  /** How long a change may wait for the log: the drain waits this long for its answer. */
  readonly changeDeadlineMs: number;
}

/** Between two checks of what is left: short compared with any drain, and long enough to cost nothing. */
const STEP_MS = 50;

interface DrainParts {
  readonly hubs: Hubs;
  readonly room: StreamRoom;
  readonly changes: QueueChange;
  readonly repeated: RepeatedChanges;
  readonly pending: PendingUpdates;
  readonly repairs: Repairs;
  readonly health: Health;
  readonly listeners: readonly HttpListener[];
}

interface DrainAdapters {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Graceful shutdown: readiness fails, then the listeners stop, then every stream is ended properly, spread over time. A
 * peer that does not read has until the end; cutting it is the one unclean end, and it is counted.
 */
export class Drain {
  readonly #options: DrainOptions;
  readonly #parts: DrainParts;
  readonly #adapters: DrainAdapters;

  constructor(options: DrainOptions, parts: DrainParts, adapters: DrainAdapters) {
    this.#options = options;
    this.#parts = parts;
    this.#adapters = adapters;
  }

  async run(): Promise<void> {
    const { waitMs, spreadMs } = this.#options;
    this.#parts.health.drain();
    this.#parts.repairs.stop();
    this.#adapters.logger.info('drain_started', { streams: this.#parts.hubs.subscribers, waitMs, spreadMs });
    await pause(this.#adapters.clock, waitMs);
    // In a turn of its own, right after the event loop has accepted the connections that were waiting: a listener that
    // closes resets those that still wait.
    await new Promise<void>((resolve) => this.#adapters.clock.nextTurn(resolve));
    for (const listener of this.#parts.listeners) listener.stopListening();
    this.#parts.room.drain();
    // The requests on the connections that were accepted last are still arriving.
    await pause(this.#adapters.clock, STEP_MS);
    await this.#endStreams();
    this.#parts.repeated.stop();
    await this.#answerChanges(this.#adapters.clock.monotonicMs() + this.#options.changeDeadlineMs);
    await this.#parts.pending.stop();
    const cut = this.#cutTheRest();
    this.#adapters.logger.info('drain_done', { cut });
  }

  /**
   * Stops listening and ends every stream properly, in one turn. It is for a process that has crashed: a step that
   * fails must not prevent the others. It resolves in the next turn, because the crash may have happened in a
   * transport's own callback, in which its connections must not be closed.
   */
  endAtOnce(): Promise<void> {
    for (const listener of this.#parts.listeners) attempt(() => listener.stopListening());
    const nowMs = this.#adapters.clock.monotonicMs();
    for (const session of [...this.#parts.hubs.sessions()]) attempt(() => session.end('drained', nowMs));
    return new Promise((resolve) => this.#adapters.clock.nextTurn(resolve));
  }

  async #endStreams(): Promise<void> {
    const sessions = [...this.#parts.hubs.sessions()];
    const beganMs = this.#adapters.clock.monotonicMs();
    const endsMs = beganMs + this.#options.spreadMs;
    let ended = 0;
    while (this.#parts.hubs.subscribers > 0) {
      const nowMs = this.#adapters.clock.monotonicMs();
      const share = nowMs >= endsMs ? 1 : (nowMs - beganMs) / this.#options.spreadMs;
      const due = Math.ceil(sessions.length * share);
      for (; ended < due; ended++) sessions[ended]?.end('drained', nowMs);
      this.#parts.hubs.flushTally();
      if (nowMs >= endsMs) return;
      await pause(this.#adapters.clock, Math.min(STEP_MS, endsMs - nowMs));
    }
  }

  /**
   * Callers that announced a change before the listeners closed are answered, even if the log is unreachable. Changes
   * that are being repeated get the same time.
   */
  async #answerChanges(untilMs: number): Promise<void> {
    while (this.#parts.changes.inFlight > 0 && this.#adapters.clock.monotonicMs() <= untilMs)
      await pause(this.#adapters.clock, STEP_MS);
  }

  /** Streams that were opened since the drain began are ended here; peers that do not read are cut. */
  #cutTheRest(): number {
    const nowMs = this.#adapters.clock.monotonicMs();
    for (const session of [...this.#parts.hubs.sessions()]) session.end('drained', nowMs);
    const congested = [...this.#parts.hubs.sessions()];
    for (const session of congested) session.giveUp(nowMs);
    return congested.length;
  }
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // Only the crash itself is logged.
  }
}
