import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node';
import type { Clock, Timer } from '../../application/ports/clock.ts';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { EpochLoss, LogFollower } from '../../application/ports/update-log.ts';
import { decode, parsePosition } from './delivery.ts';
import type { UpdateStream } from './update-stream.ts';

const HEARTBEAT_MS = 1000;
const WATCH_MS = 500;
/** Five looks half a second apart: two heartbeats and a half. */
const MAX_SILENT_LOOKS = 5;
/** What JetStream waits before it removes a consumer that nobody listens to: an instance that was killed leaves one. */
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
  readonly reason: EpochLoss;
  readonly error?: unknown;
}

/**
 * One epoch: an ephemeral push consumer that begins with the last message of each subject. Nothing in it is ever
 * mended. Whatever makes it doubtful ends it, and the next one reads the last messages again, which cannot miss what
 * a sequence number to go on from would miss: a store that was rolled back, or a stream that was made anew.
 */
export class TailEpoch {
  readonly #context: EpochContext;
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

  get caughtUp(): boolean {
    return this.#caughtUp && !this.#over;
  }

  /** Runs until the epoch is lost or stopped; the follower has been told by then. */
  async run(): Promise<EpochEnd> {
    const { connection, manager, stream } = this.#context;
    const inbox = createInbox();
    try {
      this.#subscription = connection.subscribe(inbox, {
        callback: (error, message) => this.#received(error, message),
      });
    } catch (error) {
      this.#lose({ reason: 'disconnected', error });
      return this.#ended;
    }
    void connection.closed().then(() => this.#lose({ reason: 'disconnected' }));
    this.#look();
    try {
      const consumer = await manager.consumers.add(stream.name, consumerConfig(inbox, stream.filter));
      this.#consumer = consumer.name;
      if (this.#over) this.#remove();
      else {
        this.#begin();
        if (consumer.num_pending === 0) this.#catchUp();
      }
    } catch (error) {
      this.#lose({ reason: 'consumer_failed', error });
    }
    return this.#ended;
  }

  /** Ends it without a word to the follower. */
  stop(): void {
    this.#begun = false;
    this.#lose({ reason: 'disconnected' });
  }

  /** The replay may overtake JetStream's answer that there is a consumer, so whichever comes first begins the epoch. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#context.follower.epochStarted(this.#context.epoch);
  }

  #catchUp(): void {
    if (this.#caughtUp) return;
    this.#caughtUp = true;
    this.#context.follower.caughtUp(this.#context.epoch);
  }

  #received(error: Error | null, message: Msg): void {
    if (this.#over) return;
    this.#silentLooks = 0;
    if (error !== null) {
      this.#lose({ reason: 'consumer_failed', error });
      return;
    }
    const code = message.headers?.code ?? 0;
    if (code === 0) this.#deliver(message);
    else if (code === 100) this.#control(message);
    else this.#lose({ reason: 'consumer_gone' });
  }

  #deliver(message: Msg): void {
    const position = parsePosition(message.reply);
    // Somebody guessed our inbox: it is not from the consumer.
    if (position === undefined) return;
    if (position.deliverySequence !== this.#delivered + 1) {
      this.#lose({ reason: 'sequence_gap' });
      return;
    }
    this.#delivered = position.deliverySequence;
    this.#begin();
    this.#tell(message, position.streamSequence, position.storedAtMs);
    if (position.pending === 0) this.#catchUp();
  }

  #tell(message: Msg, sequence: number, storedAtMs: number): void {
    const { follower, epoch, skipped } = this.#context;
    const decoded = decode(message.subject, message.data, () => message.string());
    if (typeof decoded === 'string') {
      skipped(decoded, message.subject);
      return;
    }
    follower.updated(decoded.environment, { sequence, updatedAt: decoded.updatedAt, storedAtMs }, epoch);
  }

  /** Heartbeats tell what should have arrived; a flow-control request asks whether it has. */
  #control(message: Msg): void {
    if (message.reply) {
      message.respond();
      return;
    }
    const stalled = message.headers?.get('Nats-Consumer-Stalled');
    if (stalled) this.#context.connection.publish(stalled);
    if (Number(message.headers?.get('Nats-Last-Consumer')) > this.#delivered) {
      this.#lose({ reason: 'heartbeat_ahead' });
      return;
    }
    // The last messages of the replay may have expired under way: then none of them comes with nothing pending.
    if (this.#begun && Number(message.headers?.get('Nats-Last-Stream')) >= this.#context.stream.lastSequence)
      this.#catchUp();
  }

  /**
   * Looks are counted, not milliseconds: when this process itself stood still, its first look comes before the data
   * that waits in the socket, and is one look however long it stood.
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

  /** A courtesy: JetStream removes it by itself after a while, and where it is gone already the answer is an error. */
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
