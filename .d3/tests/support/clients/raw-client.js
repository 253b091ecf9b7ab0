import { connect } from 'node:net';
import { eventually } from "../eventually.js";
/** A TCP client that sends what it is told, byte for byte, and keeps what it receives. */
export class RawClient {
    #socket;
    #received = Buffer.alloc(0);
    #chunks = 0;
    /** How the connection ended: by a FIN, by a reset, or not yet. */
    ending = 'open';
    constructor(socket, keeps = Infinity) {
        this.#socket = socket;
        socket.on('data', (chunk) => {
            if (this.#received.length < keeps)
                this.#received = Buffer.concat([this.#received, chunk]);
            this.#chunks++;
        });
        socket.on('end', () => {
            if (this.ending === 'open')
                this.ending = 'ended';
        });
        socket.on('close', () => {
            if (this.ending === 'open')
                this.ending = 'ended';
        });
        socket.on('error', () => (this.ending = 'reset'));
    }
    /** @param options `keeps`: bytes after which no more is kept of what is received; `from`: our own address */
    static async connect(port, host = '127.0.0.1', options = {}) {
        const from = options.from === undefined ? {} : { localAddress: options.from };
        const socket = connect({ port, host, noDelay: true, ...from });
        await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
        return new RawClient(socket, options.keeps);
    }
    get text() {
        return this.#received.toString('latin1');
    }
    get bytes() {
        return this.#received.length;
    }
    /** How many reads brought what was received. */
    get reads() {
        return this.#chunks;
    }
    send(data) {
        this.#socket.write(data);
    }
    /** Sends data and resolves when the kernel has it. */
    sent(data) {
        return new Promise((resolve) => void this.#socket.write(data, () => resolve()));
    }
    stopReading() {
        this.#socket.pause();
    }
    readOn() {
        this.#socket.resume();
    }
    async received(text, ceilingMs) {
        await eventually(`"${text}" in "${this.text.slice(-500)}"`, () => this.text.includes(text), ceilingMs);
    }
    async closed(ceilingMs) {
        await eventually('the connection to close', () => this.ending !== 'open', ceilingMs);
    }
    /** Half-closes: no more is sent. */
    end() {
        this.#socket.end();
    }
    destroy() {
        this.#socket.destroy();
    }
    /** Vanishes with a reset. */
    reset() {
        this.#socket.resetAndDestroy();
    }
}
//# sourceMappingURL=raw-client.js.map