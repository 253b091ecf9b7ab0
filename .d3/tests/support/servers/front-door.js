import { once } from 'node:events';
import { connect, createServer } from 'node:net';
/**
 * What stands in front of instances in a real place: one address, behind which they come and go. While there is none,
 * it lets new connections wait, as load balancers do that queue.
 */
export class FrontDoor {
    #server;
    #pairs = new Set();
    #waiting = new Set();
    #target;
    /** How many connections have come. */
    connections = 0;
    constructor(server) {
        this.#server = server;
        server.on('connection', (client) => {
            this.connections++;
            client.on('error', () => client.destroy());
            if (this.#target === undefined)
                this.#waiting.add(client);
            else
                this.#forward(client, this.#target);
        });
    }
    static async open() {
        // Both halves are closed by hand: a client that has said all may still be listening.
        const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        return new FrontDoor(server);
    }
    /** With the slash at the end that SDKs want. */
    get url() {
        return `http://127.0.0.1:${this.#server.address().port}/`;
    }
    /** New connections go to this port from now on; undefined: they wait. */
    leadTo(port) {
        this.#target = port;
        if (port === undefined)
            return;
        for (const client of this.#waiting)
            this.#forward(client, port);
        this.#waiting.clear();
    }
    /** Cuts what is connected, as when an instance is killed. */
    cut() {
        for (const [client, service] of this.#pairs) {
            client.resetAndDestroy();
            service.destroy();
        }
    }
    async close() {
        for (const client of this.#waiting)
            client.destroy();
        this.cut();
        this.#server.close();
        await once(this.#server, 'close');
    }
    #forward(client, port) {
        const service = connect({ port, host: '127.0.0.1', noDelay: true });
        const pair = [client, service];
        this.#pairs.add(pair);
        client.setNoDelay(true);
        client.pipe(service);
        service.pipe(client);
        client.on('close', () => {
            service.destroy();
            this.#pairs.delete(pair);
        });
        service.on('error', () => client.resetAndDestroy());
        // What it had to say may still be on its way, so this is no place to destroy the other half.
        service.on('close', () => client.end());
    }
}
//# sourceMappingURL=front-door.js.map