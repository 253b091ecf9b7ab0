import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
export const STREAM = 'environments-stream';
/** An operator with a connection of their own, who does to the stream what operators do. */
export class NatsAdmin {
    connection;
    manager;
    constructor(connection, manager) {
        this.connection = connection;
        this.manager = manager;
    }
    static async connect(...ports) {
        const connection = await connect({
            servers: ports.map((port) => `127.0.0.1:${port}`),
            maxReconnectAttempts: -1,
            reconnectTimeWait: 100,
        });
        return new NatsAdmin(connection, await jetstreamManager(connection, { checkAPI: false }));
    }
    /** Publishes as anyone may, and returns when the stream has it. */
    async publish(environment, message) {
        await this.manager.jetstream().publish(`flagsmith.environment.${environment}`, message);
    }
    async consumers(stream = STREAM) {
        const names = [];
        for await (const consumer of this.manager.consumers.list(stream))
            names.push(consumer.name);
        return names;
    }
    async deleteConsumers(stream = STREAM) {
        for (const name of await this.consumers(stream))
            await this.manager.consumers.delete(stream, name);
    }
    async close() {
        await this.connection.close();
    }
}
//# sourceMappingURL=nats-admin.js.map