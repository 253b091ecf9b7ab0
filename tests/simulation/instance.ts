import type { ServiceIdentifier } from 'inversify';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import type { Slices } from '../../application/turns.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { HttpListener } from '../../application/ports/http-listener.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { LogFollower } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { eventId, type Update } from '../../domain/update.ts';
import type { Config } from '../../infrastructure/config.ts';
import { composeService, TOKENS } from '../../infrastructure/container.ts';
import { ReferenceRegister } from '../support/memory/reference-register.ts';
import { InstanceClock } from './instance-clock.ts';
import { PaceWitness } from './pace-witness.ts';
import type { RecordedStore } from './recorded-store.ts';
import { SimulatedLog } from './simulated-log.ts';

/** The service survives some of its bugs, and logs them as errors: here nothing may. */
const LOGGER: Logger = {
  debug() {},
  info() {},
  warn() {},
  error(event, fields) {
    throw new Error(`${event}: ${JSON.stringify(fields)}`);
  },
};

/** Where an instance takes streams and changes, and whether it does. */
class Door implements HttpListener {
  readonly ports: readonly number[] = [];
  open = false;
  closed = false;

  listen(): Promise<void> {
    this.open = true;
    return Promise.resolve();
  }

  stopListening(): void {
    this.open = false;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** A whole service of the real parts, composed by the real container; only the edges are simulated. */
export class Instance {
  readonly clock: InstanceClock;
  readonly log: SimulatedLog;
  readonly telemetry = new MemoryTelemetry();
  readonly door = new Door();
  readonly parts;
  /** What it received for each environment, without repetitions. */
  readonly #told = new Map<EnvironmentId, ReferenceRegister>();
  readonly #lastEpoch = new Map<EnvironmentId, number>();
  readonly #newsAtMs = new Map<EnvironmentId, number>();
  readonly pace: PaceWitness;
  readonly ofrepPace: PaceWitness;
  readonly #report: (line: string) => void;
  readonly #retentionMs: number;
  #epoch = 0;
  #caughtUp = false;

  constructor(
    config: Config & { readonly slices: Slices },
    world: Clock,
    store: RecordedStore,
    random: () => number,
    report: (line: string) => void,
  ) {
    this.#report = report;
    this.#retentionMs = config.retentionMs;
    this.clock = new InstanceClock(world);
    this.pace = new PaceWitness(config.refetchPerSecond, world.monotonicMs());
    this.ofrepPace = new PaceWitness(config.ofrepRefetchPerSecond, world.monotonicMs());
    this.log = new SimulatedLog(store, this.clock);
    const container = composeService(config);
    const rebind = <T>(token: ServiceIdentifier<T>, adapter: T): void => {
      container.unbind(token);
      container.bind(token).toConstantValue(adapter);
    };
    rebind(TOKENS.clock, this.clock);
    rebind(TOKENS.random, random);
    rebind(TOKENS.slices, config.slices);
    rebind<Logger>(TOKENS.logger, LOGGER);
    rebind(TOKENS.telemetry, this.telemetry);
    rebind(TOKENS.log, this.log);
    rebind(TOKENS.listeners, [this.door]);
    const follow = this.log.follow.bind(this.log);
    this.log.follow = (follower) => follow(this.#overhear(follower));
    this.parts = {
      hub: container.get(TOKENS.hub),
      ofrepHub: container.get(TOKENS.ofrepHub),
      hubs: container.get(TOKENS.hubs),
      room: container.get(TOKENS.room),
      pending: container.get(TOKENS.pending),
      repairs: container.get(TOKENS.repairs),
      changes: container.get(TOKENS.changes),
      streams: container.get(TOKENS.streams),
      ofrepStreams: container.get(TOKENS.ofrepStreams),
      health: container.get(TOKENS.health),
      service: container.get(TOKENS.service),
    };
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  told(environment: EnvironmentId): ReferenceRegister {
    let told = this.#told.get(environment);
    if (told === undefined) this.#told.set(environment, (told = new ReferenceRegister()));
    return told;
  }

  /** When it received the last news of the environment. */
  newsAtMs(environment: EnvironmentId): number {
    return this.#newsAtMs.get(environment) ?? -Infinity;
  }

  /** Nothing of it continues, and it sends nothing more. */
  crash(): void {
    this.clock.die();
    void this.log.close();
  }

  #overhear(follower: LogFollower): LogFollower {
    return {
      epochStarted: (epoch, keptMs) => {
        this.#report(`epoch ${epoch} starts`);
        this.#epoch = epoch;
        follower.epochStarted(epoch, keptMs);
      },
      updated: (environment, update, epoch) => {
        this.#report(`is told ${environment} ${eventId(update)} of epoch ${epoch}`);
        if (epoch === this.#epoch) this.#takeNews(environment, update);
        follower.updated(environment, update, epoch);
      },
      caughtUp: (epoch) => {
        this.#caughtUp = true;
        follower.caughtUp(epoch);
      },
      epochLost: (epoch: number, reason: string) => {
        this.#report(`epoch ${epoch} is lost`);
        this.#epoch = 0;
        this.#caughtUp = false;
        follower.epochLost(epoch, reason);
      },
    };
  }

  /** News is what grows within an epoch, and what differs from the last in a new one. */
  #takeNews(environment: EnvironmentId, update: Update): void {
    const told = this.told(environment);
    const { last } = told;
    const isNewEpoch = this.#lastEpoch.get(environment) !== this.#epoch;
    this.#lastEpoch.set(environment, this.#epoch);
    const isNews = isNewEpoch
      ? last === undefined || eventId(update) !== eventId(last)
      : last === undefined || update.sequence > last.sequence;
    if (!isNews) return;
    const nowMs = this.clock.epochMs();
    if (update.isRepair === true && told.takeRepair(update, nowMs - this.#retentionMs)) return;
    told.take(update, nowMs);
    this.#newsAtMs.set(environment, this.clock.monotonicMs());
  }
}
