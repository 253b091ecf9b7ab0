import type { EnvironmentId } from '../domain/environment-id.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../domain/subscriber-socket.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { StreamHandle, StreamClient, Streams, StreamRefusal } from './ports/streams.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { type StreamAgePolicy, streamAgeMs } from './stream-age.ts';
import type { StreamRoom } from './stream-room.ts';

export interface StreamOpenerOptions {
  /** Whether the newest event is not sent again to a client that names it as the last that it knows. */
  readonly resume: boolean;
  /** Whether a stream that the drain would end at once is refused. */
  readonly refusesInDrain: boolean;
  readonly age: StreamAgePolicy;
}

/** The use case of a subscriber: from a request for a stream to a session in its channel, in one dialect. */
export class StreamOpener implements Streams {
  readonly #options: StreamOpenerOptions;
  readonly #hub: Hub;
  readonly #room: StreamRoom;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #telemetry: Telemetry;

  constructor(
    options: StreamOpenerOptions,
    hub: Hub,
    room: StreamRoom,
    adapters: { readonly clock: Clock; readonly random: () => number; readonly telemetry: Telemetry },
  ) {
    this.#options = options;
    this.#hub = hub;
    this.#room = room;
    this.#clock = adapters.clock;
    this.#random = adapters.random;
    this.#telemetry = adapters.telemetry;
  }

  open(environment: EnvironmentId, client: StreamClient, begin: () => SubscriberSocket): StreamHandle | StreamRefusal {
    const { age, resume, refusesInDrain } = this.#options;
    const refusal = refusesInDrain && this.#room.isDraining ? 'draining' : this.#room.refusal(client.address);
    if (refusal !== undefined) {
      this.#telemetry.streamRefused(refusal);
      return refusal;
    }
    const ageMs = streamAgeMs(age, client.userAgent, this.#random);
    const session = this.#hub.join(environment, begin(), {
      encoder: client.encoder,
      endsAtMs: this.#clock.monotonicMs() + ageMs,
      resumeFrom: resume ? client.lastEventId : undefined,
      onLeft: this.#room.opened(client.address),
    });
    return new JoinedStream(session, this.#hub, this.#clock);
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
    // What was written now must not count as a delivery of the next pass.
    this.#hub.flushTally();
  }

  gone(): void {
    this.#session.gone(this.#clock.monotonicMs());
  }
}
