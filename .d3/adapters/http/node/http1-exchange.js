import { REASON_PHRASES } from "../answer.js";
import { readNodeBody } from "./body.js";
import { NodeExchange } from "./exchange.js";
/** One HTTP/1.1 request on node:http. */
export class Http1Exchange extends NodeExchange {
    #request;
    #readsBody = false;
    constructor(request, response) {
        super({ method: request.method, target: request.url, headers: request.headers }, response);
        this.#request = request;
    }
    peerAddress() {
        return this.#request.socket.remoteAddress ?? '';
    }
    /** Whether its response stays open after all that its client has to send: a stream, or a request that is held. */
    get isOpenEnded() {
        return !this.#readsBody && !this.response.writableEnded;
    }
    contentLengths() {
        let lengths = 0;
        for (let at = 0; at < this.#request.rawHeaders.length; at += 2)
            if (this.#request.rawHeaders[at]?.toLowerCase() === 'content-length')
                lengths++;
        return lengths;
    }
    readBody(limitBytes, take) {
        this.#readsBody = true;
        readNodeBody(this.#request, limitBytes, take);
    }
    writeAnswer({ status, headers, body, close = false }) {
        const { response } = this;
        for (const [name, value] of headers)
            response.setHeader(name, value);
        if (status !== 204)
            response.setHeader('Content-Length', Buffer.byteLength(body));
        if (close)
            response.shouldKeepAlive = false;
        response.writeHead(status, REASON_PHRASES[status]);
        response.end(this.method === 'HEAD' ? undefined : body);
    }
    writeStreamHead(headers) {
        for (const [name, value] of headers)
            this.response.setHeader(name, value);
        this.response.setHeader('Connection', 'keep-alive');
        this.response.writeHead(200, REASON_PHRASES[200]);
    }
    endStream() {
        this.response.end();
    }
    cutStream() {
        this.response.destroy();
    }
}
//# sourceMappingURL=http1-exchange.js.map