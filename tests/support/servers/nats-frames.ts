import type { Drops, Frames, Protocol } from './protocol.ts';

/** Lines, some with a payload. */
class NatsFrames implements Frames {
  readonly #drops: Drops;
  #rest: Buffer = Buffer.alloc(0);

  constructor(drops: Drops) {
    this.#drops = drops;
  }

  filter(data: Buffer): Buffer {
    let buffer = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const passed: Buffer[] = [];
    for (;;) {
      const end = buffer.indexOf('\r\n');
      if (end < 0) break;
      const line = buffer.toString('latin1', 0, end);
      const payload = /^H?(?:MSG|PUB) .*?(\d+)$/i.exec(line)?.[1];
      const length = end + 2 + (payload === undefined ? 0 : Number(payload) + 2);
      if (buffer.length < length) break;
      if (!this.#drops(line)) passed.push(buffer.subarray(0, length));
      buffer = buffer.subarray(length);
    }
    this.#rest = Buffer.from(buffer);
    return Buffer.concat(passed);
  }
}

/** A message is shown as its protocol line, such as `MSG subject 1 27`. */
export const NATS: Protocol = {
  fromClient: (drops) => new NatsFrames(drops),
  fromServer: (drops) => new NatsFrames(drops),
};
