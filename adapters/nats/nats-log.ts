import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../../application/ports/message-of.ts';
import type {
  AppendOptions,
  AppendOutcome,
  LogFollower,
  LogStatus,
  UpdateLog,
} from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { LogLife, type LogSurroundings } from '../common/log-life.ts';
import { answersPing, Dialer } from './connection.ts';
import type { NatsOperation } from './nats-labels.ts';
import type { NatsSettings } from './nats-settings.ts';
import { Publisher } from './publisher.ts';
import { replicaFaults, SOUND_SERVER } from './server-faults.ts';
import { TailEpoch } from './tail-epoch.ts';
import { NOT_FROM_JETSTREAM } from './untrusted.ts';
import { findOrCreateStream, type UpdateStream } from './update-stream.ts';

export interface NatsLogOptions extends NatsSettings {
  readonly retentionMs: number;
}

/** A failed try ends sooner. */
const LIVED_MS = 2000;
/** JetStream refuses at once while it elects a leader, which takes a second or two: ten or twenty tries. */
const REFUSED_PAUSE_MS = 100;
/** As long as two missed heartbeats: after a standstill this long, dial again rather than wait. */
const PING_TIMEOUT_MS = 2000;
/** As long as a dial may take: a newly elected leader answers within it, and a lost one never does. */
const API_TIMEOUT_MS = 3000;
/** The longest single wait for a follower: a follower, a lost connection and the end all wake it. */
const FOLLOWER_WAIT_MS = 10_000;
/** The longest that a stop waits for a hanging server; JetStream removes an abandoned consumer by itself. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * The log on NATS JetStream. It connects as soon as NATS is reachable. After any fault of the connection, the
 * credentials, the stream or the consumer it starts again from the outside in: connection, stream, epoch.
 */
export class NatsLog implements UpdateLog {
  readonly #options: NatsLogOptions;
  readonly #surroundings: LogSurroundings;
  readonly #life: LogLife<NatsOperation>;
  readonly #dialer: Dialer;

  #connection: NatsConnection | undefined;
  #publisher: Publisher | undefined;
  #stream: UpdateStream | undefined;
  #epoch: TailEpoch | undefined;
  #toldDifferences = '';
  /** The connection whose server was checked for known faults. */
  #judged: NatsConnection | undefined;

  constructor(options: NatsLogOptions, surroundings: LogSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#dialer = new Dialer(options.address, options.files, surroundings);
    this.#life = new LogLife(surroundings, {
      livedMs: LIVED_MS,
      begin: () => void this.#stayConnected(),
      warnFailed: (fields, kind) => surroundings.logger.warn('nats_error', fields, kind),
      warnSkipped: (fields, kind) => surroundings.logger.warn('nats_message_skipped', fields, kind),
    });
  }

  status(): LogStatus {
    return { connected: this.#connection !== undefined, durable: this.#stream && !this.#stream.inMemory };
  }

  follow(follower: LogFollower): void {
    this.#life.follow(follower);
  }

  async append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome> {
    this.#life.begin();
    const { clock } = this.#surroundings;
    const deadlineMs = clock.monotonicMs() + options.timeoutMs;
    let expectedSequence = options.expectedSequence;
    for (;;) {
      const publisher = this.#publisher;
      const leftMs = deadlineMs - clock.monotonicMs();
      if (this.#life.hasEnded() || leftMs <= 0) return { kind: 'unavailable', reason: 'not connected to NATS' };
      // A publish into a lost connection could be stored late, so wait for a connection instead.
      if (publisher === undefined || this.#connection?.isClosed() !== false) {
        await this.#life.change(leftMs);
        // Others may have stored newer updates meanwhile, so a retry must say which one it replaces.
        if (this.#connection !== undefined && expectedSequence === undefined)
          return { kind: 'unavailable', reason: 'was not connected to NATS' };
        continue;
      }
      const stream = this.#stream?.name ?? this.#options.stream;
      const outcome = await publisher.publish({
        environment,
        updatedAt,
        stream,
        deadlineMs,
        expectedSequence,
        firstStoredAtMs: options.firstStoredAtMs,
      });
      if (outcome.kind === 'stored' || outcome.kind === 'conflict') return outcome;
      if (outcome.kind === 'garbage') {
        expectedSequence = outcome.sequence;
        continue;
      }
      this.#life.failed('publish', outcome.reason);
      if (outcome.kind === 'refused') {
        // A pause for JetStream, so that callers do not retry in a loop.
        await this.#life.pause(Math.min(REFUSED_PAUSE_MS, deadlineMs - clock.monotonicMs()));
        if (expectedSequence !== undefined) continue;
      }
      return { kind: 'unavailable', reason: outcome.reason };
    }
  }

  async close(): Promise<void> {
    this.#life.end();
    this.#epoch?.stop();
    const connection = this.#connection;
    if (connection === undefined) return;
    // The flush sends the removal of the consumer; a hanging server is not waited for.
    await answersPing(connection, CLOSE_TIMEOUT_MS, this.#surroundings.clock);
    await connection.close();
  }

  async #stayConnected(): Promise<void> {
    while (!this.#life.hasEnded()) {
      let connection: NatsConnection;
      let publisher: Publisher;
      try {
        connection = await this.#dialer.dial();
        publisher = new Publisher(connection, this.#surroundings.clock, () =>
          this.#life.failed('publish', NOT_FROM_JETSTREAM),
        );
      } catch (error) {
        this.#life.failed('connect', messageOf(error));
        await this.#life.retryPause();
        continue;
      }
      if (this.#life.hasEnded()) {
        await connection.close();
        return;
      }
      const connectedMs = this.#surroundings.clock.monotonicMs();
      this.#connection = connection;
      this.#publisher = publisher;
      this.#surroundings.logger.info('nats_connected', {
        server: connection.getServer(),
        version: connection.info?.version,
      });
      this.#life.changed();
      const following = this.#keepFollowing(connection);
      const error = await connection.closed();
      this.#connection = undefined;
      this.#publisher = undefined;
      // Called from here: an epoch that watched the connection itself would stay reachable as long as the connection
      // lives.
      this.#epoch?.disconnected();
      this.#life.changed();
      if (!this.#life.hasEnded())
        this.#surroundings.logger.warn('nats_disconnected', error ? { reason: messageOf(error) } : {});
      await following;
      await this.#life.retryPauseSince(connectedMs);
    }
  }

  /** Runs one epoch after the other, as long as the connection lives. */
  async #keepFollowing(connection: NatsConnection): Promise<void> {
    while (!this.#life.hasEnded() && !connection.isClosed()) {
      const startedMs = this.#surroundings.clock.monotonicMs();
      await this.#oneEpoch(connection);
      // A silently lost connection looks like a slow answer; a ping distinguishes them.
      if (
        !connection.isClosed() &&
        !this.#life.hasEnded() &&
        !(await answersPing(connection, PING_TIMEOUT_MS, this.#surroundings.clock))
      )
        await connection.close();
      else if (!connection.isClosed()) await this.#life.retryPauseSince(startedMs);
    }
  }

  async #oneEpoch(connection: NatsConnection): Promise<void> {
    let operation: NatsOperation = 'create_jetstream';
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
      const stream = await findOrCreateStream(manager, this.#options);
      this.#adopted(stream, connection);
      while (this.#life.follower === undefined && !this.#life.hasEnded() && !connection.isClosed())
        await this.#life.change(FOLLOWER_WAIT_MS);
      if (this.#life.follower === undefined || this.#life.hasEnded()) return;

      operation = 'create_consumer';
      const epoch = new TailEpoch({
        connection,
        manager,
        stream,
        follower: this.#life.follower,
        epoch: this.#life.nextEpoch(),
        clock: this.#surroundings.clock,
        skipped: (reason, subject) => this.#life.skipped(reason, { subject: subject.slice(0, 200) }),
      });
      this.#epoch = epoch;
      const { reason, error } = await epoch.run();
      if (this.#life.hasEnded()) return;
      if (error === undefined) this.#life.failed('read', reason);
      else if (!connection.isClosed()) this.#life.failed(operation, messageOf(error));
    } catch (error) {
      if (!connection.isClosed()) this.#life.failed(operation, messageOf(error));
    }
  }

  #adopted(stream: UpdateStream, connection: NatsConnection): void {
    this.#stream = stream;
    this.#judgeServer(stream, connection);
    const differences = stream.differences.join('; ');
    if (differences === this.#toldDifferences) return;
    this.#toldDifferences = differences;
    if (stream.inMemory)
      this.#surroundings.logger.warn('nats_stream_in_memory', {
        stream: stream.name,
        effect: 'a restart of NATS loses all updates',
      });
    if (differences !== '')
      this.#surroundings.logger.warn('nats_stream_differs', { stream: stream.name, differences: stream.differences });
  }

  /**
   * Checks once per connection, because the node may differ. The versions of the cluster's other nodes are not known
   * here.
   */
  #judgeServer({ replicas }: UpdateStream, connection: NatsConnection): void {
    if (this.#judged === connection || replicas < 2) return;
    this.#judged = connection;
    const version = connection.info?.version ?? '';
    const faults = replicaFaults(version);
    if (faults.length > 0)
      this.#surroundings.logger.warn('nats_server_old', { version, replicas, faults, soundSince: SOUND_SERVER });
  }
}
