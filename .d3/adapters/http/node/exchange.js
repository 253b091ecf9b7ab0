import { NodeStreamSocket } from "./stream-socket.js";
/** One request on Node's own modules. What it writes is the protocol's; that its client may be gone is seen here. */
export class NodeExchange {
    method;
    path;
    response;
    #headers;
    #state = 'open';
    #gone;
    constructor({ method = '', target = '', headers }, response) {
        this.method = method;
        this.path = target.split('?', 1)[0] ?? '';
        this.response = response;
        this.#headers = headers;
        response.once('close', () => {
            if (this.#state === 'open')
                this.#state = 'gone';
            this.#gone?.();
        });
    }
    get isGone() {
        return this.#state === 'gone' || (this.#state === 'open' && this.#isClosed());
    }
    header(name) {
        const value = this.#headers[name];
        return Array.isArray(value) ? value.join(', ') : (value ?? '');
    }
    /** Node joins the lines itself. */
    headerLines(name) {
        return this.header(name);
    }
    answer(answer) {
        if (!this.#claim())
            return;
        this.writeAnswer(answer);
    }
    onGone(callback) {
        this.#gone = callback;
    }
    beginStream({ headers, firstBytes, keepAlive }) {
        const socket = new NodeStreamSocket(this.response, keepAlive, {
            properly: () => this.endStream(),
            cut: () => this.cutStream(),
        });
        if (this.#claim()) {
            this.#gone = () => socket.gone();
            this.writeStreamHead(headers);
            socket.write(firstBytes);
        }
        else
            socket.gone();
        return socket;
    }
    /** Whether the one response may be written now. */
    #claim() {
        if (this.#state !== 'open' || this.#isClosed())
            return false;
        this.#state = 'answered';
        return true;
    }
    /** A reset is known a turn before its `close` is emitted, and to write in that turn would throw. */
    #isClosed() {
        return this.response.destroyed || this.response.closed;
    }
}
//# sourceMappingURL=exchange.js.map