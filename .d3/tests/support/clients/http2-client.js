import { connect } from 'node:http2';
import { eventually } from "../eventually.js";
/** One stream of Node's own HTTP/2 client. */
export class Http2Client {
    session;
    stream;
    status = 0;
    headers = {};
    received = '';
    /** How many reads brought what was received. */
    reads = 0;
    #ending = 'open';
    /** @param request headers beside the path, and a method other than GET */
    constructor(session, path, request = {}, body) {
        this.session = session;
        this.stream = session.request({ ':path': path, ...request }, { endStream: body === undefined });
        this.stream.setEncoding('utf8');
        this.stream.on('response', (headers) => {
            this.headers = headers;
            this.status = headers[':status'] ?? 0;
        });
        this.stream.on('data', (text) => {
            this.received += text;
            this.reads++;
        });
        this.stream.on('end', () => {
            if (this.stream.rstCode === 0 && !this.stream.aborted)
                this.#ending = 'ended';
        });
        this.stream.on('close', () => {
            if (this.#ending === 'open')
                this.#ending = 'cut';
        });
        // How it ended says enough.
        this.stream.on('error', () => undefined);
        if (body !== undefined)
            this.stream.end(body);
    }
    /** Opens a stream of events, and waits for its first bytes. */
    static async open(session, environment) {
        const client = new Http2Client(session, `/sse/environments/${environment}/stream`);
        await eventually('the first bytes of the stream', () => client.received !== '' || client.ending !== 'open');
        return client;
    }
    get ending() {
        return this.#ending;
    }
    /** The `updated_at` of each event, as text. */
    get heard() {
        return [...this.received.matchAll(/^data: \{"updated_at":(.*)\}\n\n/gm)].map((match) => match[1] ?? '');
    }
    async hears(updatedAt, ceilingMs) {
        await eventually(`to hear ${updatedAt}; heard ${this.heard.slice(-20).join()}`, () => this.heard.includes(updatedAt), ceilingMs);
    }
    /** Waits for the whole answer. */
    async answered() {
        await eventually('the answer', () => this.#ending !== 'open');
        return this;
    }
    stopReading() {
        this.stream.pause();
    }
    readOn() {
        this.stream.resume();
    }
    vanish() {
        this.session.destroy();
    }
}
/** A connection, ready for requests. */
export async function connectHttp2(url, options = {}) {
    const session = connect(url, { rejectUnauthorized: false, ...options });
    let failure;
    session.on('error', (error) => (failure = error));
    let isReady = false;
    session.once('remoteSettings', () => (isReady = true));
    await eventually(`to connect to ${url}`, () => {
        if (failure !== undefined && !isReady)
            throw failure;
        return isReady;
    });
    return session;
}
//# sourceMappingURL=http2-client.js.map