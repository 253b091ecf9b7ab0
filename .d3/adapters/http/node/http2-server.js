import { createServer } from 'node:http2';
import { NativeSessions } from "./native-sessions.js";
import { Http2Connection } from "./http2-connection.js";
import { Http2Exchange } from "./http2-exchange.js";
import { MAX_HEADER_BYTES } from "../header-limit.js";
import { MAX_CONCURRENT_STREAMS } from "./limits.js";
/**
 * HTTP/2 on node:http2, over connections that somebody else accepts, with or without TLS. Beside the limits that are
 * set here, nghttp2's own hold: unread acknowledgements of pings and settings, resets a second, continuation frames.
 */
export class NodeHttp2Server {
    #server;
    #connections = new Set();
    constructor(routes, logger) {
        const natives = new NativeSessions(logger);
        this.#server = createServer({
            settings: {
                maxConcurrentStreams: MAX_CONCURRENT_STREAMS,
                maxHeaderListSize: MAX_HEADER_BYTES,
                enablePush: false,
            },
        });
        this.#server.on('session', (session) => {
            natives.hold(session);
            const connection = new Http2Connection(session);
            this.#connections.add(connection);
            session.once('close', () => this.#connections.delete(connection));
            session.on('stream', (stream, headers) => {
                // On every stream: one that was reset with an error emits that also where nobody takes the request.
                stream.on('error', ignore);
                // Already reset by its client: the request is nobody's, and to answer it would throw.
                if (stream.destroyed || stream.closed)
                    return;
                connection.opened(stream);
                routes.handle(new Http2Exchange(stream, headers));
            });
        });
    }
    serve(socket) {
        this.#server.emit('connection', socket);
    }
    drain() {
        for (const connection of this.#connections)
            connection.drain();
    }
}
/** The stream's close says what there is to say. */
function ignore() {
    // Left empty on purpose.
}
//# sourceMappingURL=http2-server.js.map