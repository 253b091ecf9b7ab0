import type { EnvironmentId } from '../domain/environment-id.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { StreamHandle, StreamClient, Streams, StreamRefusal } from './ports/streams.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { type StreamAgePolicy, streamAgeMs } from './stream-age.ts';
import { StreamsByAddress } from './streams-by-address.ts';

export interface StreamOpenerOptions {
  readonly maxSubscribers: number;
  /** 0: as many as there may be. */
  readonly maxStreamsPerAddress: number;
  /** Whether a client that names the newest event in `Last-Event-ID` is spared it. */
  readonly resume: boolean;
  readonly age: StreamAgePolicy;
}

/** The use case of a subscriber: from a request for a stream to a session in its channel. */
export class StreamOpener implements Streams {
  readonly #options: StreamOpenerOptions;
  readonly #hub: Hub;
  readonly #addresses: StreamsByAddress;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #telemetry: Telemetry;

  constructor(
    options: StreamOpenerOptions,
    hub: Hub,
    adapters: { readonly clock: Clock; readonly random: () => number; readonly telemetry: Telemetry },
  ) {
    this.#options = options;
    this.#hub = hub;
    this.#addresses = new StreamsByAddress(options.maxStreamsPerAddress);
    this.#clock = adapters.clock;
    this.#random = adapters.random;
    this.#telemetry = adapters.telemetry;
  }

  open(environment: EnvironmentId, client: StreamClient, begin: () => SubscriberSocket): StreamHandle | StreamRefusal {
    if (this.#hub.subscribers >= this.#options.maxSubscribers) return this.#refused('full');
    if (!this.#addresses.hasRoom(client.address)) return this.#refused('address');
    const ageMs = streamAgeMs(this.#options.age, client.userAgent, this.#random);
    const session = this.#hub.join(environment, begin(), {
      encoder: client.encoder,
      endsAtMs: this.#clock.monotonicMs() + ageMs,
      resumeFrom: this.#options.resume ? client.lastEventId : undefined,
      onLeft: this.#addresses.opened(client.address),
    });
    return new JoinedStream(session, this.#hub, this.#clock);
  }

  #refused(reason: StreamRefusal): StreamRefusal {
    this.#telemetry.streamRefused(reason);
    return reason;
  }
}

class JoinedStream implements StreamHandle {
  readonly #session: SubscriberSession;
  readonly #hub: Hub;
  readonly #clock: Clock;

  constructor(session: SubscriberSession, hub: Hub, clock: Clock) {
    this.#session = session;
    this.#hub = hub;
    this.#clock = clock;
  }

  drained(): void {
    this.#session.drained(this.#clock.monotonicMs());
    // What it received now is no delivery of the next pass.
    this.#hub.flushTally();
  }

  gone(): void {
    this.#session.gone(this.#clock.monotonicMs());
  }
}
