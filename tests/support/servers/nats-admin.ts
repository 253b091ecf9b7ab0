import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export const STREAM = 'environments-stream';

/** An operator with a separate connection, which changes the stream as operators do. */
export class NatsAdmin {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.connection = connection;
    this.manager = manager;
  }

  static async connect(...ports: number[]): Promise<NatsAdmin> {
    const connection = await connect({
      servers: ports.map((port) => `127.0.0.1:${port}`),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    return new NatsAdmin(connection, await jetstreamManager(connection, { checkAPI: false }));
  }

  /** Publishes as anyone may, and returns when the stream has it. */
  async publish(environment: string, message: string | Uint8Array): Promise<void> {
    await this.manager.jetstream().publish(`flagsmith.environment.${environment}`, message);
  }

  async consumers(stream = STREAM): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const consumer of this.manager.consumers.list(stream)) names.push(consumer.name);
    return names;
  }

  async deleteConsumers(stream = STREAM): Promise<void> {
    for (const name of await this.consumers(stream)) await this.manager.consumers.delete(stream, name);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
