import { eventually } from './eventually.ts';
import { RawClient } from './raw-client.ts';

export interface StreamEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
  /** How many chunks of the chunked body the event came in: one, by the protocol. */
  readonly chunks: number;
}

/** A subscriber on a bare socket: it decodes the chunked body, and the events in it. */
export class StreamClient {
  readonly raw: RawClient;

  private constructor(raw: RawClient) {
    this.raw = raw;
  }

  /** Opens a stream, and waits for its first bytes. */
  static async open(port: number, environment: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const raw = await RawClient.connect(port);
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
    const bodyAt = this.raw.text.indexOf('\r\n\r\n');
    const chunks: string[] = [];
    if (bodyAt < 0) return chunks;
    let rest = this.raw.text.slice(bodyAt + 4);
    for (;;) {
      const size = /^([0-9a-f]+)\r\n/i.exec(rest);
      if (size === null) return chunks;
      const [from, length] = [size[0].length, parseInt(size[1] as string, 16)];
      if (rest.length < from + length + 2) return chunks;
      chunks.push(rest.slice(from, from + length));
      rest = rest.slice(from + length + 2);
    }
  }

  get body(): string {
    return this.chunks.join('');
  }

  /** Whether the stream ended as HTTP has it, with its last chunk. */
  get endedProperly(): boolean {
    return this.chunks.at(-1) === '';
  }

  get events(): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    const wholeChunks = new Set(this.chunks);
    for (const block of this.body.split('\n\n')) {
      const field = (name: string): string | undefined =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined)
        events.push({ event: field('event'), id: field('id'), data, chunks: wholeChunks.has(`${block}\n\n`) ? 1 : 2 });
    }
    return events;
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

  close(): void {
    this.raw.destroy();
  }
}
