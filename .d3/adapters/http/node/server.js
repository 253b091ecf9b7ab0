import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { NodeHttp1Server } from "./http1-server.js";
import { NodeHttp2Server } from "./http2-server.js";
import { FLUSH_MS, REQUEST_MS } from "./limits.js";
import { cannotListen } from "../port-reservation.js";
import { whenProtocolKnown } from "./protocol-preface.js";
const ALPN_PROTOCOLS = ['h2', 'http/1.1'];
/** HTTP/2 and HTTP/1.1 on Node's own modules: slower than the addon, with TLS, and on every platform. */
export class NodeServer {
    #options;
    #http1;
    #http2;
    #servers = [];
    #sockets = new Set();
    #emptied;
    constructor(options, routes, logger) {
        this.#options = options;
        this.#http1 = new NodeHttp1Server(routes);
        this.#http2 = new NodeHttp2Server(routes, logger);
    }
    get ports() {
        return this.#servers.map((server) => {
            const address = server.address();
            return typeof address === 'object' ? (address?.port ?? 0) : 0;
        });
    }
    async listen() {
        const { certificate, addresses } = this.#options;
        const pair = await certificate?.load();
        for (const address of addresses)
            await this.#bind(pair === undefined ? this.#plain() : this.#secure(pair), address);
        certificate?.follow((changed) => {
            for (const server of this.#servers)
                server.setSecureContext(changed);
        });
    }
    stopListening() {
        this.#options.certificate?.stop();
        for (const server of this.#servers)
            server.close();
        this.#http1.drain();
        this.#http2.drain();
    }
    /** What was written last is still on its way: it gets a moment, then the connections are cut. */
    async close() {
        this.#http1.close();
        await new Promise((resolve) => {
            if (this.#sockets.size === 0)
                return resolve();
            const late = setTimeout(resolve, FLUSH_MS);
            this.#emptied = () => {
                clearTimeout(late);
                resolve();
            };
        });
        for (const socket of this.#sockets)
            socket.destroy();
    }
    async #bind(server, address) {
        const { host, port } = address;
        await new Promise((resolve, reject) => {
            const refused = (error) => reject(cannotListen(address, error));
            server.once('error', refused);
            // Without a host Node listens on IPv6 and IPv4, or on IPv4 alone where the machine has no other.
            server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
                server.off('error', refused);
                // What fails at a connection from here on, such as too many open files, ends that connection alone.
                server.on('error', () => undefined);
                resolve();
            });
        });
        this.#servers.push(server);
    }
    #plain() {
        return createTcpServer({ noDelay: true }, (socket) => {
            if (this.#admit(socket))
                whenProtocolKnown(socket, (protocol) => this.#serve(protocol, socket));
        });
    }
    #secure(pair) {
        const server = createTlsServer({ ...pair, ALPNProtocols: ALPN_PROTOCOLS, handshakeTimeout: REQUEST_MS, noDelay: true }, (socket) => this.#serve(socket.alpnProtocol === 'h2' ? 'http2' : 'http1', socket));
        return server.on('connection', (socket) => void this.#admit(socket));
    }
    #admit(socket) {
        const hasRoom = this.#options.connections.opened();
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.once('close', () => {
            this.#sockets.delete(socket);
            this.#options.connections.closed();
            if (this.#sockets.size === 0)
                this.#emptied?.();
        });
        if (!hasRoom)
            socket.destroy();
        return hasRoom;
    }
    #serve(protocol, socket) {
        if (protocol === 'http2')
            this.#http2.serve(socket);
        else
            this.#http1.serve(socket);
    }
}
//# sourceMappingURL=server.js.map