import { eventually } from '../eventually.ts';
import { RawClient } from './raw-client.ts';
import { TOKEN } from '../servers/running-service.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, continuation: 9 } as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;
export const CODE = { none: 0, protocol: 1, refused: 7, cancel: 8, calm: 11 } as const;

/** An HTTP/2 client that sends single frames, invalid ones included, and reads what arrives. */
export class RawHttp2Client {
  readonly raw: RawClient;

  private constructor(raw: RawClient) {
    this.raw = raw;
  }

  /** @param first frames that go out in the segment of the preface */
  static async connect(port: number, first: readonly Buffer[] = []): Promise<RawHttp2Client> {
    const raw = await RawClient.connect(port);
    await raw.sent(
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(FRAME.settings, 0, 0), ...first]),
    );
    // A first segment that breaks the protocol may end the connection before them.
    await eventually('the settings of the service', () => raw.bytes >= 9 || raw.ending !== 'open');
    // Limits hold once they are acknowledged.
    await raw.sent(frame(FRAME.settings, FLAG.ack, 0));
    return new RawHttp2Client(raw);
  }

  get frames(): readonly Frame[] {
    const bytes = Buffer.from(this.raw.text, 'latin1');
    const frames: Frame[] = [];
    for (let at = 0; at + 9 <= bytes.length;) {
      const length = bytes.readUIntBE(at, 3);
      if (at + 9 + length > bytes.length) break;
      const [type, flags, stream] = [bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, bytes.readUInt32BE(at + 5)];
      frames.push({ type, flags, stream, payload: bytes.subarray(at + 9, at + 9 + length) });
      at += 9 + length;
    }
    return frames;
  }

  /** The code of the GOAWAY frame that the service sent last, if any. */
  get goaway(): number | undefined {
    return this.frames
      .filter(({ type }) => type === FRAME.goaway)
      .at(-1)
      ?.payload.readUInt32BE(4);
  }

  /** The codes with which streams were reset. */
  get resets(): readonly number[] {
    return this.frames.filter(({ type }) => type === FRAME.reset).map(({ payload }) => payload.readUInt32BE(0));
  }
}

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A string of a header block, without compression. */
export function literal(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

/** The header block of a GET, without compression but for what is in the static table. */
export function getBlock(path: string): Buffer {
  return Buffer.concat([Buffer.from([0x82, 0x86, 0x04]), literal(path), Buffer.from([0x01]), literal('localhost')]);
}

/** The header block of a POST with the token, in the same way (RFC 7541, appendix A has the static table). */
export function postBlock(path: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x04]),
    literal(path),
    Buffer.from([0x01]),
    literal('localhost'),
    Buffer.from([0x0f, 0x08]),
    literal(`Token ${TOKEN}`),
  ]);
}

export function getFrame(stream: number, path: string): Buffer {
  return frame(FRAME.headers, FLAG.endStream | FLAG.endHeaders, stream, getBlock(path));
}

export function resetFrame(stream: number, code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(FRAME.reset, 0, stream, payload);
}
