import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import type { Health } from '../../application/health.ts';
import type { Hubs } from '../../application/hubs.ts';
import type { Clock, Timer } from '../../application/ports/clock.ts';
import type { QueueChange } from '../../application/queue-change.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import { parseUpdatedAt } from '../../domain/updated-at.ts';
import type { Service } from '../service.ts';
import { assertOneOf } from './assert-one-of.ts';
import type { LiveStepClock } from './live-step-clock.ts';
import type { Outage, SteppedHalyard } from './running-halyard.ts';

interface Parts {
  readonly service: Service;
  readonly log: MemoryLog;
  readonly clock: Clock;
  /** The same clock, if its time is stepped. */
  readonly stepped: LiveStepClock | undefined;
  readonly hubs: Hubs;
  readonly changes: QueueChange;
  readonly health: Health;
}

/** Reading the embedded log takes a few turns of the event loop; beyond these something is broken. */
const READY_TURNS = 10_000;
/** How far the clock is stepped at a time while a service stops on it. */
const STOP_STEP_MS = 50;

/** The service behind `startHalyard`. */
export class StartedHalyard implements SteppedHalyard {
  readonly url: string;
  readonly token: string;
  readonly #parts: Parts;
  #outage: { readonly end: Timer | undefined } | undefined;
  /** The last step that was requested. */
  #step: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(url: string, token: string, parts: Parts) {
    this.url = url;
    this.token = token;
    this.#parts = parts;
  }

  async publish(environment: string, updatedAt: number | string): Promise<'stored' | 'unavailable'> {
    this.#assertRunning('publish');
    const key = keyOf(environment);
    const time = parseUpdatedAt(updatedAt);
    if (typeof time !== 'string') throw new Error(`updatedAt ${time.invalid}: ${String(updatedAt)}`);
    return this.#parts.changes.change(key, time);
  }

  subscribers(environment?: string): number {
    const { hubs } = this.#parts;
    return environment === undefined ? hubs.subscribers : hubs.streamsOf(keyOf(environment));
  }

  async outage({ kind, ms }: Outage): Promise<void> {
    this.#assertRunning('outage');
    assertOneOf('kind', kind, ['refuse', 'hang']);
    if (ms !== undefined) assertDuration(ms);
    this.#outage?.end?.cancel();
    this.#parts.log.interrupt(kind);
    this.#outage = { end: ms === undefined ? undefined : this.#parts.clock.after(ms, () => this.#endOutage()) };
  }

  async restore(): Promise<void> {
    this.#assertRunning('restore');
    this.#endOutage();
    await this.untilReady();
  }

  async advance(ms: number): Promise<void> {
    const { stepped } = this.#parts;
    if (stepped === undefined) throw new Error("advance needs a service that was started with clock: 'stepped'");
    this.#assertRunning('advance');
    assertDuration(ms);
    await this.#advance(stepped, ms);
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  /** Resolves when it follows its log, or when an outage prevents that. */
  async untilReady(): Promise<void> {
    for (let turns = 0; !this.#parts.health.caughtUp && this.#outage === undefined; turns++) {
      if (turns === READY_TURNS) throw new Error('the service does not follow its log');
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  }

  #endOutage(): void {
    if (this.#outage === undefined) return;
    this.#outage.end?.cancel();
    this.#outage = undefined;
    this.#parts.log.restore();
  }

  /** One step after the other: two at a time would take the clock back. */
  #advance(clock: LiveStepClock, ms: number): Promise<void> {
    const step = this.#step.then(() => clock.advance(ms));
    this.#step = step.catch(() => undefined);
    return step;
  }

  async #stop(): Promise<void> {
    const { service, stepped } = this.#parts;
    this.#outage?.end?.cancel();
    const state = { isOver: false };
    const stopping = service.stop().finally(() => (state.isOver = true));
    // A drain takes time, and nothing else advances the clock now.
    if (stepped !== undefined) while (!state.isOver) await this.#advance(stepped, STOP_STEP_MS);
    await stopping;
  }

  #assertRunning(call: string): void {
    if (this.#stopped !== undefined) throw new Error(`${call} was called after stop`);
  }
}

function keyOf(text: string): EnvironmentId {
  const environment = parseEnvironmentId(text);
  if (environment === undefined)
    throw new Error(`invalid environment key: "${text}". Expected 1 to 100 characters of A-Z a-z 0-9 _ -.`);
  return environment;
}

function assertDuration(ms: number): void {
  if (!(ms >= 0 && ms < Infinity)) throw new Error(`ms must be a number of milliseconds from 0 on, not ${String(ms)}`);
}
