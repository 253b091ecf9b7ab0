import type { StreamPeer } from '../../../infrastructure/contract/subscriber-socket-world.ts';
import { eventually } from '../eventually.ts';
import { RawClient } from './raw-client.ts';

export interface StreamEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
  /** Whether the event was its own chunk, as the protocol demands. */
  readonly isOneChunk: boolean;
}

/** A subscriber on a bare socket: it decodes the chunked body, and the events in it. */
export class StreamClient implements StreamPeer {
  readonly raw: RawClient;

  private constructor(raw: RawClient) {
    this.raw = raw;
  }

  /** Opens a stream, and waits for its first bytes. */
  static open(port: number, environment: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    return StreamClient.openPath(port, `/sse/environments/${environment}/stream`, headers);
  }

  static async openPath(port: number, path: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    return StreamClient.follow(await RawClient.connect(port), path, headers);
  }

  /** The same on an existing connection. */
  static on(raw: RawClient, environment: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    return StreamClient.follow(raw, `/sse/environments/${environment}/stream`, headers);
  }

  private static async follow(raw: RawClient, path: string, headers: Record<string, string>): Promise<StreamClient> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    raw.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`);
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

  /** Whether the stream ended properly in HTTP, with its last chunk. */
  get endedProperly(): boolean {
    return this.chunks.at(-1) === '';
  }

  /** The events in closed chunks: some clients deliver no chunk before its closing line end arrives. */
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
      `to receive ${updatedAt}; received ${this.heard.join()}`,
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
