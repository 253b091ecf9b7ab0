import { eventually } from "../eventually.js";
import { RawClient } from "./raw-client.js";
/** A subscriber on a bare socket: it decodes the chunked body, and the events in it. */
export class StreamClient {
    raw;
    constructor(raw) {
        this.raw = raw;
    }
    /** Opens a stream, and waits for its first bytes. */
    static async open(port, environment, headers = {}) {
        const raw = await RawClient.connect(port);
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        raw.send(`GET /sse/environments/${environment}/stream HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`);
        const client = new StreamClient(raw);
        await eventually('the first bytes of the stream', () => client.body.length > 0 || raw.ending !== 'open');
        return client;
    }
    get head() {
        return this.raw.text.split('\r\n\r\n', 1)[0] ?? '';
    }
    get status() {
        return Number(this.head.split(' ')[1]);
    }
    /** The chunks of the body, decoded. The last one is empty when the stream was ended properly. */
    get chunks() {
        return this.#decode().map(({ text }) => text);
    }
    get body() {
        return this.chunks.join('');
    }
    /** Whether the stream ended as HTTP has it, with its last chunk. */
    get endedProperly() {
        return this.chunks.at(-1) === '';
    }
    /** The events in chunks that are closed: some clients hand out no chunk whose closing line end is on its way. */
    get events() {
        const chunks = this.#decode().flatMap(({ text, closed }) => (closed ? [text] : []));
        return chunks
            .join('')
            .split('\n\n')
            .flatMap((block) => {
            const field = (name) => block
                .split('\n')
                .find((line) => line.startsWith(`${name}: `))
                ?.slice(name.length + 2);
            const data = field('data');
            if (data === undefined)
                return [];
            return [{ event: field('event'), id: field('id'), data, isOneChunk: chunks.includes(`${block}\n\n`) }];
        });
    }
    /** The `updated_at` of each event, as text. */
    get heard() {
        return this.events.map(({ data }) => /^\{"updated_at":(.*)\}$/.exec(data)?.[1] ?? data);
    }
    async hears(updatedAt, ceilingMs) {
        await eventually(`to hear ${updatedAt}; heard ${this.heard.join()}`, () => this.heard.includes(updatedAt), ceilingMs);
    }
    get received() {
        return Buffer.from(this.body, 'latin1').toString();
    }
    get ending() {
        if (this.endedProperly)
            return 'ended';
        return this.raw.ending === 'open' ? 'open' : 'cut';
    }
    stopReading() {
        this.raw.stopReading();
    }
    readOn() {
        this.raw.readOn();
    }
    vanish() {
        this.raw.destroy();
    }
    close() {
        this.raw.destroy();
    }
    #decode() {
        const chunks = [];
        const bodyAt = this.raw.text.indexOf('\r\n\r\n');
        let rest = bodyAt < 0 ? '' : this.raw.text.slice(bodyAt + 4);
        for (;;) {
            const size = /^([0-9a-f]+)\r\n/i.exec(rest);
            if (size === null)
                return chunks;
            const [from, length] = [size[0].length, parseInt(size[1], 16)];
            if (rest.length < from + length)
                return chunks;
            const closed = rest.startsWith('\r\n', from + length);
            chunks.push({ text: rest.slice(from, from + length), closed });
            rest = closed ? rest.slice(from + length + 2) : '';
        }
    }
}
//# sourceMappingURL=stream-client.js.map