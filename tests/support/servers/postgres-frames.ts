import type { Drops, Frames, Protocol } from './protocol.ts';

/** Passes everything on: the first messages of a client have another form, and no test reads them. */
const UNREAD: Frames = { filter: (data) => data };

/**
 * A byte for the kind, four for the length, and the content. Before that there may be a single byte that says whether
 * TLS follows; then nothing more can be read.
 */
class PostgresFrames implements Frames {
  readonly #drops: Drops;
  #rest: Buffer = Buffer.alloc(0);
  #began = false;
  #isSecret = false;

  constructor(drops: Drops) {
    this.#drops = drops;
  }

  filter(data: Buffer): Buffer {
    if (this.#isSecret) return data;
    let buffer = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const passed: Buffer[] = [];
    const kind = (): string => buffer.toString('latin1', 0, 1);
    if (!this.#began && buffer.length > 0) {
      this.#began = true;
      this.#isSecret = kind() === 'S';
      if (this.#isSecret) return buffer;
      if (kind() === 'N') {
        passed.push(buffer.subarray(0, 1));
        buffer = buffer.subarray(1);
        // What follows may be the first message, or the same answer to another request.
        this.#began = false;
      }
    }
    while (buffer.length >= 5) {
      const end = 1 + buffer.readUInt32BE(1);
      if (buffer.length < end) break;
      if (!this.#drops(lineOf(kind(), buffer.subarray(5, end)))) passed.push(buffer.subarray(0, end));
      buffer = buffer.subarray(end);
    }
    this.#rest = Buffer.from(buffer);
    return Buffer.concat(passed);
  }
}

function lineOf(kind: string, content: Buffer): string {
  if (kind !== 'A') return kind;
  const [channel, payload] = content.toString('utf8', 4).split('\0');
  return `NOTIFY ${channel} ${payload}`;
}

/** A message is shown as the letter of its kind; a notification as `NOTIFY channel payload`. */
export const POSTGRES: Protocol = {
  fromClient: () => UNREAD,
  fromServer: (drops) => new PostgresFrames(drops),
};
