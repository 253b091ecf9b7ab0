import { connect } from 'node:net';
/** The response of a stream, taken apart no further than HTTP does, so that each SDK's reader can do it its own way. */
export class HttpStream {
    status;
    head;
    isChunked;
    #pieces;
    constructor(head, rest, source) {
        this.head = head;
        this.status = Number(head.split(' ')[1]);
        this.isChunked = /^transfer-encoding: *chunked$/im.test(head);
        this.#pieces = this.isChunked ? chunked(rest, source) : plain(rest, source);
    }
    /** @throws Error when there is no connection, or no whole head */
    static async open(url, headers, signal) {
        const socket = connect({ port: Number(url.port), host: url.hostname, signal }).setEncoding('latin1');
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${lines.join('')}\r\n`);
        return HttpStream.read(socket[Symbol.asyncIterator]());
    }
    static async read(source) {
        let text = '';
        for (;;) {
            const end = text.indexOf('\r\n\r\n');
            if (end >= 0)
                return new HttpStream(text.slice(0, end), text.slice(end + 4), source);
            const next = await source.next();
            if (next.done === true)
                throw new Error('cut before the head was whole');
            text += next.value;
        }
    }
    /**
     * The body, until it ends as HTTP has it.
     *
     * @throws Error when the connection goes before that
     */
    pieces() {
        return this.#pieces;
    }
    /** The body's lines, without their ends, whatever pieces they came in. */
    async *lines() {
        let rest = '';
        for await (const { text } of this.#pieces) {
            const lines = (rest + text).split(/\r?\n/);
            rest = lines.pop() ?? '';
            yield* lines;
        }
    }
}
async function* chunked(rest, source) {
    let text = rest;
    const more = async () => {
        const next = await source.next();
        if (next.done === true)
            throw new Error('cut before the last chunk');
        text += next.value;
    };
    for (;;) {
        while (!text.includes('\r\n'))
            await more();
        const sizeEnd = text.indexOf('\r\n');
        let left = parseInt(text.slice(0, sizeEnd), 16);
        const isLast = left === 0;
        text = text.slice(sizeEnd + 2);
        while (left > 0) {
            if (text === '')
                await more();
            const part = text.slice(0, left);
            [text, left] = [text.slice(part.length), left - part.length];
            yield { text: part, closesChunk: false };
        }
        while (text.length < 2)
            await more();
        text = text.slice(2);
        if (isLast)
            return;
        yield { text: '', closesChunk: true };
    }
}
/** A body without chunks ends with its connection. */
async function* plain(rest, source) {
    if (rest !== '')
        yield { text: rest, closesChunk: false };
    for (let next = await source.next(); next.done !== true; next = await source.next())
        yield { text: next.value, closesChunk: false };
}
//# sourceMappingURL=http-stream.js.map