import { eventually } from "../eventually.js";
import { RawClient } from "./raw-client.js";
import { TOKEN } from "../servers/running-service.js";
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, continuation: 9 };
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 };
export const CODE = { none: 0, protocol: 1, refused: 7, cancel: 8, calm: 11 };
/** An HTTP/2 client that sends single frames, also such as no client should, and reads what comes. */
export class RawHttp2Client {
    raw;
    constructor(raw) {
        this.raw = raw;
    }
    /** @param first frames that go out in the segment of the preface */
    static async connect(port, first = []) {
        const raw = await RawClient.connect(port);
        await raw.sent(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(FRAME.settings, 0, 0), ...first]));
        // A first segment that breaks the protocol may end the connection before them.
        await eventually('the settings of the service', () => raw.bytes >= 9 || raw.ending !== 'open');
        // Limits hold from when they are acknowledged.
        await raw.sent(frame(FRAME.settings, FLAG.ack, 0));
        return new RawHttp2Client(raw);
    }
    get frames() {
        const bytes = Buffer.from(this.raw.text, 'latin1');
        const frames = [];
        for (let at = 0; at + 9 <= bytes.length;) {
            const length = bytes.readUIntBE(at, 3);
            if (at + 9 + length > bytes.length)
                break;
            const [type, flags, stream] = [bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, bytes.readUInt32BE(at + 5)];
            frames.push({ type, flags, stream, payload: bytes.subarray(at + 9, at + 9 + length) });
            at += 9 + length;
        }
        return frames;
    }
    /** The code of the GOAWAY frame that the service sent last, if any. */
    get goaway() {
        return this.frames
            .filter(({ type }) => type === FRAME.goaway)
            .at(-1)
            ?.payload.readUInt32BE(4);
    }
    /** With which codes streams were reset. */
    get resets() {
        return this.frames.filter(({ type }) => type === FRAME.reset).map(({ payload }) => payload.readUInt32BE(0));
    }
}
export function frame(type, flags, stream, payload = Buffer.alloc(0)) {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
}
/** A string of a header block, without compression. */
export function literal(text) {
    return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}
/** The header block of a GET, without compression but for what is in the static table. */
export function getBlock(path) {
    return Buffer.concat([Buffer.from([0x82, 0x86, 0x04]), literal(path), Buffer.from([0x01]), literal('localhost')]);
}
/** The header block of a POST with the token, in the same way (RFC 7541, appendix A has the static table). */
export function postBlock(path) {
    return Buffer.concat([
        Buffer.from([0x83, 0x86, 0x04]),
        literal(path),
        Buffer.from([0x01]),
        literal('localhost'),
        Buffer.from([0x0f, 0x08]),
        literal(`Token ${TOKEN}`),
    ]);
}
export function getFrame(stream, path) {
    return frame(FRAME.headers, FLAG.endStream | FLAG.endHeaders, stream, getBlock(path));
}
export function resetFrame(stream, code) {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(code);
    return frame(FRAME.reset, 0, stream, payload);
}
//# sourceMappingURL=raw-http2-client.js.map