import { once } from 'node:events';
import { createConnection } from 'node:net';
/** A publisher that writes the protocol by hand, so that it may send what a client library would refuse to. */
export class RawNatsClient {
    #socket;
    #received = '';
    constructor(socket) {
        this.#socket = socket;
        socket.setEncoding('latin1').on('data', (text) => (this.#received += text));
    }
    static async connect(port) {
        const client = new RawNatsClient(createConnection(port, '127.0.0.1'));
        await once(client.#socket, 'data');
        client.#socket.write('CONNECT {"verbose":false,"headers":true}\r\n');
        await client.#flushed();
        return client;
    }
    /** Publishes, and returns when the server has taken it. */
    async publish(subject, message, headers = '') {
        const [head, body] = [Buffer.from(headers, 'latin1'), Buffer.from(message)];
        const sizes = head.length === 0 ? `PUB ${subject}` : `HPUB ${subject} ${head.length}`;
        this.#socket.write(`${sizes} ${head.length + body.length}\r\n`);
        this.#socket.write(Buffer.concat([head, body, Buffer.from('\r\n')]));
        await this.#flushed();
    }
    close() {
        this.#socket.destroy();
        return Promise.resolve();
    }
    /** The server takes lines in their order, so its answer to a ping is one to all before it. */
    async #flushed() {
        this.#received = '';
        this.#socket.write('PING\r\n');
        while (!this.#received.includes('PONG'))
            await once(this.#socket, 'data');
        if (this.#received.includes('-ERR'))
            throw new Error(this.#received);
    }
}
//# sourceMappingURL=raw-nats-client.js.map