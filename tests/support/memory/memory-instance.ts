import type { Container } from 'inversify';
import type { MemoryLog, MemoryStore } from '../../../adapters/memory/memory-log.ts';
import { OfrepEncoder } from '../../../adapters/http/ofrep/ofrep-encoder.ts';
import { MemorySocket } from '../../../adapters/memory/memory-socket.ts';
import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../../domain/environment-id.ts';
import type { Update } from '../../../domain/update.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../../domain/updated-at.ts';
import { readConfig } from '../../../infrastructure/config.ts';
import { TOKENS } from '../../../infrastructure/container.ts';
import { RecordingEncoder } from '../../../infrastructure/testing/recording-encoder.ts';
import { embedService } from '../../../infrastructure/testing/embedded-service.ts';
import { RecordedLogger } from './recorded-logger.ts';
import { TOKEN } from '../servers/running-service.ts';

export function env(key: string): EnvironmentId {
  return parseEnvironmentId(key) as EnvironmentId;
}

export function time(value: unknown): UpdatedAt {
  return parseUpdatedAt(value) as UpdatedAt;
}

/** A whole instance in memory, on a clock that is stepped: no sockets, no real timers, no waiting. */
export class MemoryInstance {
  readonly clock: StepClock;
  readonly store: MemoryStore;
  readonly log: MemoryLog;
  readonly telemetry = new MemoryTelemetry();
  readonly encoder = new RecordingEncoder();
  readonly ofrepEncoder = new OfrepEncoder();
  readonly logger = new RecordedLogger();
  readonly container: Container;

  /** @param shared what another instance has, to share its log */
  constructor(environment: Record<string, string> = {}, shared?: { clock: StepClock; store: MemoryStore }) {
    const config = readConfig({ UPDATE_LOG: 'memory', SSE_AUTHENTICATION_TOKEN: TOKEN, ...environment }, 20_000);
    this.clock = shared?.clock ?? new StepClock();
    const { container, log, store } = embedService(config, this.clock, shared?.store);
    this.store = store;
    this.log = log;
    this.container = container;
    this.container.rebind(TOKENS.telemetry).toConstantValue(this.telemetry);
    this.container.rebind(TOKENS.logger).toConstantValue(this.logger);
    this.container.rebind(TOKENS.listeners).toConstantValue([]);
  }

  get hub() {
    return this.container.get(TOKENS.hub);
  }

  /** Starts it, and lets it read the log. */
  async start(): Promise<this> {
    await this.container.get(TOKENS.service).start();
    await this.clock.settle();
    return this;
  }

  /** Drains it; the clock has to be stepped meanwhile. */
  stop(): Promise<void> {
    return this.container.get(TOKENS.service).stop();
  }

  subscribe(key: string, lastEventId = '', address = ''): MemorySubscriber {
    const socket = new MemorySocket();
    const client = { encoder: this.encoder, userAgent: '', lastEventId, address };
    const stream = this.container.get(TOKENS.streams).open(env(key), client, () => socket);
    if (typeof stream === 'string') throw new Error(`there is no room: ${stream}`);
    return new MemorySubscriber(socket, stream);
  }

  /** Opens an OFREP stream. */
  subscribeByOfrep(key: string, known = '', address = ''): MemorySubscriber {
    const socket = new MemorySocket();
    const client = { encoder: this.ofrepEncoder, userAgent: '', lastEventId: known, address };
    const stream = this.container.get(TOKENS.ofrepStreams).open(env(key), client, () => socket);
    if (typeof stream === 'string') throw new Error(`there is no room: ${stream}`);
    return new MemorySubscriber(socket, stream);
  }

  publish(key: string, value: unknown): Promise<'stored' | 'unavailable'> {
    return this.container.get(TOKENS.changes).change(env(key), time(value));
  }

  /** The last update of each environment in the store, as an instance that starts now reads it. */
  get stored(): ReadonlyMap<string, Update> {
    return new Map(this.store.replay());
  }

  /** Publishes, and lets the update reach every subscriber. */
  async published(key: string, value: unknown): Promise<'stored' | 'unavailable'> {
    const outcome = this.publish(key, value);
    await this.clock.settle();
    return outcome;
  }
}

export class MemorySubscriber {
  readonly socket: MemorySocket;
  readonly stream: StreamHandle;

  constructor(socket: MemorySocket, stream: StreamHandle) {
    this.socket = socket;
    this.stream = stream;
  }

  /** The times that were written to it, in order. */
  get heard(): readonly string[] {
    return this.socket.frames.map((frame) => /"updated_at":([^}]*)\}/.exec(frame)?.[1] ?? '');
  }

  /** The ids of the events that were written to it, in order. */
  get ids(): readonly string[] {
    return this.socket.frames.map((frame) => /^id: (.*)$/m.exec(frame)?.[1] ?? '');
  }

  readOn(): void {
    this.socket.readOn();
    this.stream.drained();
  }

  vanish(): void {
    this.socket.vanish();
    this.stream.gone();
  }
}
