import type { Drain } from '../application/drain.ts';
import type { FlagsRelay } from '../application/flags-relay.ts';
import type { OfrepBridge } from '../application/ofrep-bridge.ts';
import type { HttpListener } from '../application/ports/http-listener.ts';
import type { LogFollower, UpdateLog } from '../application/ports/update-log.ts';
import type { Sampler } from '../application/sampler.ts';
import type { Sweep } from '../application/sweep.ts';

interface Parts {
  readonly listeners: readonly HttpListener[];
  readonly log: UpdateLog;
  readonly follower: LogFollower;
  readonly sweep: Sweep;
  readonly drain: Drain;
  /** Undefined: the service never calls the API. */
  readonly relay: FlagsRelay | undefined;
  readonly bridge: OfrepBridge | undefined;
  /** For the console; undefined: it is off. */
  readonly sampler: Sampler | undefined;
}

/** The running service: the order in which its parts start and stop. */
export class Service {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The ports of the listeners, in the order of the configuration. */
  get ports(): readonly number[] {
    return this.#parts.listeners.flatMap((listener) => listener.ports);
  }

  /**
   * Listens first, so that clients are held while the log is still being reached.
   *
   * @throws Error when an address cannot be bound; those already bound are released
   */
  async start(): Promise<void> {
    try {
      for (const listener of this.#parts.listeners) await listener.listen();
    } catch (error) {
      for (const listener of this.#parts.listeners) listener.stopListening();
      await Promise.all(this.#parts.listeners.map((listener) => listener.close()));
      throw error;
    }
    this.#parts.sweep.start();
    this.#parts.sampler?.start();
    this.#parts.log.follow(this.#parts.follower);
  }

  /** Drains, and releases everything. */
  async stop(): Promise<void> {
    await this.#parts.drain.run();
    this.#parts.bridge?.stop();
    await this.#parts.relay?.stop();
    this.#parts.sweep.stop();
    this.#parts.sampler?.stop();
    await this.#parts.log.close();
    await Promise.all(this.#parts.listeners.map((listener) => listener.close()));
  }

  /** The exit of a process that cannot continue: every stream is ended at once, which takes a second at most. */
  async endAtOnce(): Promise<void> {
    await this.#parts.drain.endAtOnce();
    await Promise.allSettled(this.#parts.listeners.map((listener) => listener.close()));
  }
}
