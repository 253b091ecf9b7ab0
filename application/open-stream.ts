import type { EnvironmentId } from '../domain/environment-id.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { OpenStream, StreamClient, StreamOpening } from './ports/stream-opening.ts';
import { type StreamAgePolicy, streamAgeMs } from './stream-age.ts';

export interface OpenStreamOptions {
  readonly maxSubscribers: number;
  /** Whether a client that names the newest event in `Last-Event-ID` is spared it. */
  readonly resume: boolean;
  readonly age: StreamAgePolicy;
}

/** The use case of a subscriber: from a request for a stream to a session in its channel. */
export class StreamOpener implements StreamOpening {
  readonly #options: OpenStreamOptions;
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(options: OpenStreamOptions, hub: Hub, clock: Clock, random: () => number) {
    this.#options = options;
    this.#hub = hub;
    this.#clock = clock;
    this.#random = random;
  }

  open(environment: EnvironmentId, client: StreamClient, begin: () => SubscriberSocket): OpenStream | 'full' {
    if (this.#hub.subscribers >= this.#options.maxSubscribers) return 'full';
    const ageMs = streamAgeMs(this.#options.age, client.userAgent, this.#random);
    const session = this.#hub.join(environment, begin(), {
      endsAtMs: this.#clock.monotonicMs() + ageMs,
      resumeFrom: this.#options.resume ? client.lastEventId : undefined,
    });
    return new JoinedStream(session, this.#hub, this.#clock);
  }
}

class JoinedStream implements OpenStream {
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
