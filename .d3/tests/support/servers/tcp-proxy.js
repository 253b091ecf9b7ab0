import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { freePort } from "./free-port.js";
/**
 * A network of the test's own between a client and nats-server. It reads the protocol as it goes by, so it can drop
 * one message without hurting the rest of the stream.
 */
export class TcpProxy {
    port;
    #targetPort;
    #server;
    #pairs = new Set();
    #blackHoled = false;
    #sight = () => { };
    #dropping;
    /** What clients said: the first word of each line, and how often. */
    said = new Map();
    constructor(server, port, targetPort) {
        this.#server = server;
        this.port = port;
        this.#targetPort = targetPort;
        server.on('connection', (socket) => this.#connected(socket));
    }
    static async start(targetPort) {
        // It is left and taken again, and meanwhile clients dial it.
        const port = await freePort();
        return new TcpProxy(await listen(port), port, targetPort);
    }
    get url() {
        return `nats://127.0.0.1:${this.port}`;
    }
    get connections() {
        return this.#pairs.size;
    }
    /** Cuts every connection; new ones are taken. */
    cut() {
        for (const pair of this.#pairs)
            pair.cut();
    }
    /** Cuts every connection, and refuses new ones until `heal`. */
    async refuse() {
        const closed = once(this.#server, 'close');
        this.#server.close();
        this.cut();
        await closed;
    }
    /** Nothing goes through any more, in either direction, and nobody is told. New connections are taken, in silence. */
    blackHole() {
        this.#blackHoled = true;
        for (const pair of this.#pairs)
            pair.pause();
    }
    /** Ends `refuse` and `blackHole`; what the black hole held goes on its way. */
    async heal() {
        if (!this.#server.listening) {
            this.#server = await listen(this.port);
            this.#server.on('connection', (socket) => this.#connected(socket));
        }
        this.#blackHoled = false;
        for (const pair of this.#pairs)
            pair.resume();
    }
    /** Drops the next message from the server whose protocol line matches; resolves when that has happened. */
    dropNext(matches) {
        return new Promise((resolve) => {
            this.#dropping = (line) => {
                if (!matches(line))
                    return false;
                this.#dropping = undefined;
                resolve();
                return true;
            };
        });
    }
    /** Calls back with every protocol line that clients send from now on. */
    watch(sight) {
        this.#sight = sight;
    }
    async close() {
        this.cut();
        if (!this.#server.listening)
            return;
        const closed = once(this.#server, 'close');
        this.#server.close();
        await closed;
    }
    #connected(client) {
        const pair = new Pair(client, this.#targetPort, {
            fromClient: (line) => {
                const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
                this.said.set(verb, (this.said.get(verb) ?? 0) + 1);
                this.#sight(line);
                return false;
            },
            fromServer: (line) => this.#dropping?.(line) ?? false,
        });
        this.#pairs.add(pair);
        void pair.ended.then(() => this.#pairs.delete(pair));
        if (this.#blackHoled)
            pair.pause();
    }
}
/** One connection, and its other half to the server. */
class Pair {
    #client;
    #server;
    ended;
    constructor(client, targetPort, sights) {
        this.#client = client;
        this.#server = createConnection(targetPort, '127.0.0.1');
        this.ended = new Promise((resolve) => {
            for (const socket of [this.#client, this.#server]) {
                socket.on('error', () => this.cut());
                socket.on('close', () => {
                    this.cut();
                    resolve();
                });
            }
        });
        const [toServer, toClient] = [new Frames(sights.fromClient), new Frames(sights.fromServer)];
        client.on('data', (data) => this.#server.write(toServer.filter(data)));
        this.#server.on('data', (data) => this.#client.write(toClient.filter(data)));
    }
    cut() {
        this.#client.destroy();
        this.#server.destroy();
    }
    pause() {
        this.#client.pause();
        this.#server.pause();
    }
    resume() {
        this.#client.resume();
        this.#server.resume();
    }
}
/** Takes the protocol apart into lines with their payload. */
class Frames {
    #drops;
    #rest = Buffer.alloc(0);
    constructor(drops) {
        this.#drops = drops;
    }
    /** What of the data, and of what was held back before, goes on its way. */
    filter(data) {
        let buffer = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
        const passed = [];
        for (;;) {
            const end = buffer.indexOf('\r\n');
            if (end < 0)
                break;
            const line = buffer.toString('latin1', 0, end);
            const payload = /^H?(?:MSG|PUB) .*?(\d+)$/i.exec(line)?.[1];
            const length = end + 2 + (payload === undefined ? 0 : Number(payload) + 2);
            if (buffer.length < length)
                break;
            if (!this.#drops(line))
                passed.push(buffer.subarray(0, length));
            buffer = buffer.subarray(length);
        }
        this.#rest = Buffer.from(buffer);
        return Buffer.concat(passed);
    }
}
async function listen(port) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
}
//# sourceMappingURL=tcp-proxy.js.map