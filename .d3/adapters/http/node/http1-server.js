import { createServer } from 'node:http';
import { Http1Exchange } from "./http1-exchange.js";
import { MAX_HEADER_BYTES } from "../header-limit.js";
import { REQUEST_MS } from "./limits.js";
/** How often stalled requests are looked for: they are ended so much later than they should be. */
const CHECK_MS = 1000;
/** HTTP/1.1 on node:http, over connections that somebody else accepts. What its parser refuses, it answers itself. */
export class NodeHttp1Server {
    #server;
    /** The newest request of each connection. */
    #exchanges = new WeakMap();
    #draining = false;
    constructor(routes) {
        this.#server = createServer({
            maxHeaderSize: MAX_HEADER_BYTES,
            headersTimeout: REQUEST_MS,
            requestTimeout: REQUEST_MS,
            keepAliveTimeout: REQUEST_MS,
            connectionsCheckingInterval: CHECK_MS,
        }, (request, response) => this.#handle(routes, request, response));
        // Beyond a number of headers Node leaves out the last ones, which are those that a proxy has added. All of them
        // together are not longer than MAX_HEADER_BYTES.
        this.#server.maxHeadersCount = 0;
        // Node looks for stalled requests from this event on, which only a server that listens itself would emit.
        this.#server.emit('listening');
    }
    serve(socket) {
        this.#server.emit('connection', socket);
    }
    /** Connections end with the response that they are carrying; those that carry none end now. */
    drain() {
        this.#draining = true;
        this.#server.closeIdleConnections();
    }
    close() {
        this.#server.close();
    }
    #handle(routes, request, response) {
        const { socket } = request;
        // Node parses a segment to its end, also when the connection was cut at a request in its middle.
        if (socket.destroyed)
            return;
        // Node takes any number of requests behind a stream. Each would hold the place of a subscriber on a connection that
        // counts once, so that connection is cut, as uWebSockets.js cuts it.
        if (this.#exchanges.get(socket)?.isOpenEnded)
            return void socket.destroy();
        // A stream needs chunks, which 1.0 has not: without them some clients hold events back.
        if (request.httpVersion === '1.0')
            return void response.writeHead(505, { Connection: 'close' }).end();
        if (this.#draining)
            response.shouldKeepAlive = false;
        response.once('finish', () => {
            if (this.#draining)
                socket.end();
        });
        const exchange = new Http1Exchange(request, response);
        this.#exchanges.set(socket, exchange);
        routes.handle(exchange);
    }
}
//# sourceMappingURL=http1-server.js.map