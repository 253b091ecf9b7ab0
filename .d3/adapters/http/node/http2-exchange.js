import { constants } from 'node:http2';
import { readNodeBody } from "./body.js";
import { NodeExchange } from "./exchange.js";
import { REQUEST_MS } from "./limits.js";
/** One request on an HTTP/2 stream. */
export class Http2Exchange extends NodeExchange {
    #hasLength;
    constructor(stream, headers) {
        super({ method: headers[':method'], target: headers[':path'], headers }, stream);
        this.#hasLength = headers['content-length'] !== undefined;
    }
    peerAddress() {
        const { session } = this.response;
        return session === undefined || session.destroyed ? '' : (session.socket.remoteAddress ?? '');
    }
    /** The protocol allows one at most, and resets a stream whose body is not as long as it says. */
    contentLengths() {
        return this.#hasLength ? 1 : 0;
    }
    readBody(limitBytes, take) {
        const stream = this.response;
        const stalled = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), REQUEST_MS);
        stream.once('close', () => clearTimeout(stalled));
        readNodeBody(stream, limitBytes, (body) => {
            clearTimeout(stalled);
            // Node ends the body of a stream that is reset, too.
            if (!this.isGone)
                take(body);
        });
    }
    writeAnswer({ status, headers, body }) {
        const length = Buffer.byteLength(body);
        const sent = { ...named(headers), ...(status === 204 ? {} : { 'content-length': length }), ':status': status };
        const hasBody = this.method !== 'HEAD' && length > 0;
        this.response.respond(sent, { endStream: !hasBody });
        if (hasBody)
            this.response.end(body);
        this.#refuseTheRest();
    }
    writeStreamHead(headers) {
        this.response.respond({ ...named(headers), ':status': 200 });
        // A request that goes on is not read, but its bytes must not use up the connection's window.
        if (!this.response.endAfterHeaders)
            this.response.resume();
    }
    endStream() {
        this.response.end();
        this.#refuseTheRest();
    }
    /** This stream alone: the others on its connection may be well. */
    cutStream() {
        this.response.close(constants.NGHTTP2_CANCEL);
    }
    /**
     * A client that is still sending is reset without an error after the whole answer, for nobody reads the rest. The
     * stream is closed only then, although Node would keep a reset back itself: of a stream that is closed, and has bytes
     * left to write when its connection ends, some versions do not let go properly.
     */
    #refuseTheRest() {
        const { response } = this;
        if (response.endAfterHeaders || response.readableEnded)
            return;
        response.resume();
        const refuse = () => response.close(constants.NGHTTP2_NO_ERROR);
        // An answer without a body may be out already.
        if (response.writableFinished)
            refuse();
        else
            response.once('finish', refuse);
    }
}
function named(headers) {
    return Object.fromEntries(headers);
}
//# sourceMappingURL=http2-exchange.js.map