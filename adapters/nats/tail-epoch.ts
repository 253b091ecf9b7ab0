import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node';
import type { Clock, Timer } from '../../application/ports/clock.ts';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { LogFollower } from '../../application/ports/update-log.ts';
import type { NatsLoss } from './nats-labels.ts';
import { parsePosition } from './position.ts';
import { readUpdate } from './stream-message.ts';
import { asCount, countIn, fieldsOf } from '../common/untrusted.ts';
import { headersOf, NOT_FROM_JETSTREAM } from './untrusted.ts';
import type { UpdateStream } from './update-stream.ts';

/** If the latest update is lost in transit, the next heartbeat shows it. */
const HEARTBEAT_MS = 1000;
/**
 * Half a heartbeat: one that arrives right after a look does not count as late, and there are only two timers a second.
 */
const WATCH_MS = HEARTBEAT_MS / 2;
/** Two heartbeats and a half: one may be late or lost, a second one is not. */
const MAX_SILENT_LOOKS = 5;
/** How long JetStream keeps a consumer without a subscriber: a killed instance leaves one. */
const ABANDONED_MS = 30_000;

export interface EpochContext {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly stream: UpdateStream;
  readonly follower: LogFollower;
  readonly epoch: number;
  readonly clock: Clock;
  readonly skipped: (reason: SkipReason, subject: string) => void;
}

/** How an epoch ended, with the error when JetStream refused to begin it. */
export interface EpochEnd {
  readonly reason: NatsLoss;
  readonly error?: unknown;
}

/**
 * One epoch: an ephemeral push consumer that begins with the last message of each subject. An epoch is never repaired;
 * any doubt ends it. The next one reads the last messages again, which finds what resuming from a sequence number would
 * miss: a store that was rolled back, or a stream that was recreated.
 */
export class TailEpoch {
  readonly #context: EpochContext;
  /** Where the consumer delivers. */
  readonly #inbox = createInbox();
  readonly #ended: Promise<EpochEnd>;
  #end: (end: EpochEnd) => void = () => {};
  #subscription: Subscription | undefined;
  #watch: Timer | undefined;
  #consumer: string | undefined;
  #over = false;
  #begun = false;
  #caughtUp = false;
  #delivered = 0;
  #silentLooks = 0;

  constructor(context: EpochContext) {
    this.#context = context;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Runs until the epoch is lost or stopped; by then the follower has been notified. */
  async run(): Promise<EpochEnd> {
    try {
      this.#subscription = this.#context.connection.subscribe(this.#inbox, {
        callback: (error, message) => this.#received(error, message),
      });
    } catch (error) {
      this.#lose({ reason: 'disconnected', error });
      return this.#ended;
    }
    this.#look();
    try {
      await this.#makeConsumer();
    } catch (error) {
      this.#lose({ reason: 'consumer_failed', error });
    }
    return this.#ended;
  }

  async #makeConsumer(): Promise<void> {
    const { manager, stream } = this.#context;
    const consumer: unknown = await manager.consumers.add(stream.name, consumerConfig(this.#inbox, stream.filter));
    const { name, num_pending } = fieldsOf(consumer) ?? {};
    const pending = asCount(num_pending);
    if (typeof name !== 'string' || pending === undefined) throw new Error(NOT_FROM_JETSTREAM);
    this.#consumer = name;
    if (this.#over) return void this.#remove();
    this.#begin();
    if (pending === 0) this.#catchUp();
  }

  /** The connection is gone, and the consumer's subscription with it. */
  disconnected(): void {
    this.#lose({ reason: 'disconnected' });
  }

  /** Ends it without notifying the follower. */
  stop(): void {
    this.#begun = false;
    this.#lose({ reason: 'disconnected' });
  }

  /** The replay may overtake JetStream's answer that there is a consumer, so whichever comes first begins the epoch. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { follower, epoch, stream } = this.#context;
    follower.epochStarted(epoch, stream.keptMs);
  }

  #catchUp(): void {
    if (this.#caughtUp) return;
    this.#caughtUp = true;
    this.#context.follower.caughtUp(this.#context.epoch);
  }

  /**
   * JetStream sends messages about the consumer to the inbox itself. Messages of the stream have their own subjects,
   * and any headers that their publishers set: one with the status of a deleted consumer does not end the epoch.
   */
  #received(error: Error | null, message: Msg): void {
    if (this.#over) return;
    if (error !== null) this.#lose({ reason: 'consumer_failed', error });
    else if (message.subject === this.#inbox) this.#control(message);
    else this.#deliver(message);
  }

  #deliver(message: Msg): void {
    const position = parsePosition(message.reply);
    // Not a delivery: another client published to our inbox.
    if (position === undefined) return this.#passOver(message);
    this.#silentLooks = 0;
    if (position.deliverySequence !== this.#delivered + 1) {
      this.#lose({ reason: 'sequence_gap' });
      return;
    }
    this.#delivered = position.deliverySequence;
    this.#begin();
    const { follower, epoch, skipped } = this.#context;
    const read = readUpdate(message, position.streamSequence, position.storedAtMs);
    if (typeof read === 'string') skipped(read, message.subject);
    else follower.updated(read.environment, read.update, epoch);
    if (position.pending === 0) this.#catchUp();
  }

  /** Heartbeats report what should have arrived; a flow-control request asks whether it has. */
  #control(message: Msg): void {
    const headers = headersOf(message);
    if (headers === undefined || headers.code === 0) return this.#passOver(message);
    if (headers.code !== 100) {
      this.#lose({ reason: 'consumer_gone' });
      return;
    }
    if (message.reply) {
      this.#silentLooks = 0;
      this.#answer(message.reply);
      return;
    }
    const [delivered, stored] = ['Nats-Last-Consumer', 'Nats-Last-Stream'].map((name) => countIn(headers.get(name)));
    if (delivered === undefined || stored === undefined) return this.#passOver(message);
    this.#silentLooks = 0;
    const stalled = headers.get('Nats-Consumer-Stalled');
    if (stalled !== '') this.#answer(stalled);
    if (delivered > this.#delivered) this.#lose({ reason: 'heartbeat_ahead' });
    // The last messages of the replay may expire in transit: then none arrives with nothing pending.
    else if (this.#begun && stored >= this.#context.stream.lastSequence) this.#catchUp();
  }

  /** Confirms that deliveries were taken. The client throws for an invalid subject, and for a lost connection. */
  #answer(subject: string): void {
    try {
      this.#context.connection.publish(subject);
    } catch {
      // A consumer that still waits for the answer stalls, and its next heartbeat asks for it again.
    }
  }

  #passOver(message: Msg): void {
    this.#context.skipped('metadata', message.subject);
  }

  /**
   * Counts looks, not milliseconds: after a standstill of this process the first look comes before the data waiting in
   * the socket, and counts once however long the standstill was.
   */
  #look(): void {
    this.#watch = this.#context.clock.after(WATCH_MS, () => {
      if (this.#over) return;
      this.#silentLooks += 1;
      if (this.#silentLooks > MAX_SILENT_LOOKS) this.#lose({ reason: 'heartbeats_missed' });
      else this.#look();
    });
  }

  #lose(end: EpochEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#watch?.cancel();
    this.#subscription?.unsubscribe();
    this.#remove();
    if (this.#begun) this.#context.follower.epochLost(this.#context.epoch, end.reason);
    this.#end(end);
  }

  /** A courtesy: JetStream later removes it by itself; if it is already gone, the answer is an error. */
  #remove(): void {
    const { connection, manager, stream } = this.#context;
    if (this.#consumer === undefined || connection.isClosed()) return;
    manager.consumers.delete(stream.name, this.#consumer).catch(() => {});
  }
}

function consumerConfig(inbox: string, filter: string): Partial<ConsumerConfig> {
  return {
    deliver_subject: inbox,
    deliver_policy: DeliverPolicy.LastPerSubject,
    filter_subject: filter,
    ack_policy: AckPolicy.None,
    flow_control: true,
    idle_heartbeat: nanos(HEARTBEAT_MS),
    inactive_threshold: nanos(ABANDONED_MS),
    mem_storage: true,
    num_replicas: 1,
  };
}
