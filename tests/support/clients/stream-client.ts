import type { StreamPeer } from '../../../infrastructure/contract/subscriber-socket-world.ts';
import { eventually } from '../eventually.ts';
import { RawClient } from './raw-client.ts';

export interface StreamEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
  /** Whether the event was a chunk of its own, as the protocol has it. */
  readonly isOneChunk: boolean;
}

/** A subscriber on a bare socket: it decodes the chunked body, and the events in it. */
export class StreamClient implements StreamPeer {
  readonly raw: RawClient;

  private constructor(raw: RawClient) {
    this.raw = raw;
  }

  /** Opens a stream, and waits for its first bytes. */
  static async open(port: number, environment: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    return StreamClient.on(await RawClient.connect(port), environment, headers);
  }

  /** The same on a connection that is there. */
  static async on(raw: RawClient, environment: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    raw.send(`GET /sse/environments/${environment}/stream HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`);
    const client = new StreamClient(raw);
    await eventually('the first bytes of the stream', () => client.body.length > 0 || raw.ending !== 'open');
    return client;
  }

  get head(): string {
    return this.raw.text.split('\r\n\r\n', 1)[0] ?? '';
  }

  get status(): number {
    return Number(this.head.split(' ')[1]);
  }

  /** The chunks of the body, decoded. The last one is empty when the stream was ended properly. */
  get chunks(): readonly string[] {
    return this.#decode().map(({ text }) => text);
  }

  get body(): string {
    return this.chunks.join('');
  }

  /** Whether the stream ended as HTTP has it, with its last chunk. */
  get endedProperly(): boolean {
    return this.chunks.at(-1) === '';
  }

  /** The events in chunks that are closed: some clients hand out no chunk whose closing line end is on its way. */
  get events(): readonly StreamEvent[] {
    const chunks = this.#decode().flatMap(({ text, closed }) => (closed ? [text] : []));
    return chunks
      .join('')
      .split('\n\n')
      .flatMap((block) => {
        const field = (name: string): string | undefined =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const data = field('data');
        if (data === undefined) return [];
        return [{ event: field('event'), id: field('id'), data, isOneChunk: chunks.includes(`${block}\n\n`) }];
      });
  }

  /** The `updated_at` of each event, as text. */
  get heard(): readonly string[] {
    return this.events.map(({ data }) => /^\{"updated_at":(.*)\}$/.exec(data)?.[1] ?? data);
  }

  async hears(updatedAt: string, ceilingMs?: number): Promise<void> {
    await eventually(
      `to hear ${updatedAt}; heard ${this.heard.join()}`,
      () => this.heard.includes(updatedAt),
      ceilingMs,
    );
  }

  get received(): string {
    return Buffer.from(this.body, 'latin1').toString();
  }

  get ending(): 'open' | 'ended' | 'cut' {
    if (this.endedProperly) return 'ended';
    return this.raw.ending === 'open' ? 'open' : 'cut';
  }

  stopReading(): void {
    this.raw.stopReading();
  }

  readOn(): void {
    this.raw.readOn();
  }

  vanish(): void {
    this.raw.destroy();
  }

  close(): void {
    this.raw.destroy();
  }

  #decode(): { text: string; closed: boolean }[] {
    const chunks: { text: string; closed: boolean }[] = [];
    const bodyAt = this.raw.text.indexOf('\r\n\r\n');
    let rest = bodyAt < 0 ? '' : this.raw.text.slice(bodyAt + 4);
    for (;;) {
      const size = /^([0-9a-f]+)\r\n/i.exec(rest);
      if (size === null) return chunks;
      const [from, length] = [size[0].length, parseInt(size[1] as string, 16)];
      if (rest.length < from + length) return chunks;
      const closed = rest.startsWith('\r\n', from + length);
      chunks.push({ text: rest.slice(from, from + length), closed });
      rest = closed ? rest.slice(from + length + 2) : '';
    }
  }
}
