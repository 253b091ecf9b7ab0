import { once } from 'node:events';
import { createServer } from 'node:http';
/**
 * A stand-in for the part of the Flagsmith API that SDKs read: one environment with one flag, whose value counts the
 * changes, stamped with the time of the last one.
 */
export class FlagsApi {
    #server;
    #change = changeAt(nowMicros(), 1);
    #held;
    /** How often the flags were read. */
    reads = 0;
    constructor(server) {
        this.#server = server;
        server.on('request', (request, response) => this.#answer(request, response));
    }
    static async start() {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        return new FlagsApi(server);
    }
    /** With the slash at the end that SDKs want. */
    get url() {
        return `http://127.0.0.1:${this.#server.address().port}/api/v1/`;
    }
    get latest() {
        return this.#change;
    }
    /** Changes the flag, as somebody does in the dashboard. */
    change() {
        const micros = Math.max(nowMicros(), Math.round(Number(this.#change.seconds) * 1e6) + 1);
        this.#change = changeAt(micros, this.#change.version + 1);
        return this.#change;
    }
    /** From now on the flags are read at once, but their answers stay on their way until `release`. */
    hold() {
        this.#held ??= [];
    }
    release() {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const send of held)
            send();
    }
    async close() {
        this.release();
        this.#server.closeAllConnections();
        this.#server.close();
        await once(this.#server, 'close');
    }
    #answer(request, response) {
        response.setHeader('Access-Control-Allow-Origin', '*');
        response.setHeader('Access-Control-Allow-Headers', '*');
        response.setHeader('Access-Control-Expose-Headers', 'x-flagsmith-document-updated-at');
        if (request.method === 'OPTIONS')
            return void response.end();
        this.reads++;
        response.setHeader('Content-Type', 'application/json');
        response.setHeader('x-flagsmith-document-updated-at', this.#change.seconds);
        const flag = { id: 1, feature: { id: 1, name: 'version' }, enabled: true };
        const body = JSON.stringify([{ ...flag, feature_state_value: this.#change.version }]);
        const send = () => void response.end(body);
        if (this.#held === undefined)
            send();
        else
            this.#held.push(send);
    }
}
/** The clock of the API and of its clients. `Date.now()` is another: the two drift apart by milliseconds in a long run. */
export function nowMicros() {
    return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
function changeAt(micros, version) {
    const [wholeSeconds, fraction] = [Math.floor(micros / 1e6), String(micros % 1e6).padStart(6, '0')];
    const dateTime = new Date(wholeSeconds * 1000).toISOString().slice(0, 19);
    // Python leaves out a fraction that is zero.
    const iso = Number(fraction) === 0 ? `${dateTime}+00:00` : `${dateTime}.${fraction}+00:00`;
    return { iso, seconds: `${wholeSeconds}.${fraction}`, version };
}
//# sourceMappingURL=flags-api.js.map