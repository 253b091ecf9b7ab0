import { expect } from 'chai';
import { startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { flutter } from './sdks/flutter.ts';
import { go } from './sdks/go.ts';
import { HttpStream } from './sdks/http-stream.ts';
import { ios } from './sdks/ios.ts';
import { kotlin } from './sdks/kotlin.ts';
import { python } from './sdks/python.ts';
import { reactNative } from './sdks/react-native.ts';
import { ruby } from './sdks/ruby.ts';
import type { Sdk } from './sdks/sdk.ts';

const SDKS = [python, ruby, go, kotlin, ios, flutter, reactNative];
const UPDATED_AT = 1733480514.079725;

/** What a reader received while the stream was open, and in total. */
interface Hearing {
  readonly open: readonly number[];
  readonly all: readonly number[];
}

/** Lets an SDK read bytes as they would come: each item is one read of its socket. */
async function hearing(sdk: Sdk, reads: readonly string[]): Promise<Hearing> {
  const all: number[] = [];
  let open: readonly number[] = [];
  async function* source(): AsyncGenerator<string> {
    for (const [index, read] of reads.entries()) {
      // The reader asks for more only when it is done with what it has.
      if (index === reads.length - 1) open = [...all];
      yield read;
    }
  }
  const stream = await HttpStream.read(source());
  await sdk.read(stream, (updatedAt) => all.push(updatedAt)).catch(() => undefined);
  return { open, all };
}

/** The bytes of a body, every chunk in a read of its own. */
function asReads(head: string, chunks: readonly string[]): string[] {
  return [`${head}\r\n\r\n`, ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)];
}

/**
 * The service's own bytes, and the same with one thing broken: this shows that each reader really needs what its SDK
 * needs, so that the scenarios that they go through mean something.
 */
describe('The reader of each SDK', () => {
  let head: string;
  let chunks: readonly string[];
  before(async () => {
    const service = await startService();
    const client = await StreamClient.open(service.port, 'abcxyz');
    await service.publish('abcxyz', UPDATED_AT);
    // Not what a client of our own makes of it: the readers are to judge.
    await client.raw.received(String(UPDATED_AT)).finally(() => service.stop());
    await client.raw.closed();
    [head, chunks] = [client.head, client.chunks];
    expect(client.endedProperly).to.equal(true);
  });

  const deafTo = async (broken: readonly string[]): Promise<string[]> => {
    const deaf: string[] = [];
    for (const sdk of SDKS) if ((await hearing(sdk, broken)).all.length === 0) deaf.push(sdk.name);
    return deaf;
  };
  const everywhere = (from: RegExp | string, to: string): string[] =>
    asReads(
      head,
      chunks.map((chunk) => chunk.replaceAll(from, to)),
    );

  for (const sdk of SDKS)
    it(`receives the service's bytes once: ${sdk.name}`, async () => {
      const { open, all } = await hearing(sdk, asReads(head, chunks));
      expect(all).to.deep.equal([UPDATED_AT]);
      // Ruby's reads nothing before the end; the others must not wait for it.
      expect(open).to.deep.equal(sdk === ruby ? [] : [UPDATED_AT]);
    });

  it('needs the name of the event: Kotlin, Flutter and React Native', async () => {
    expect(await deafTo(everywhere(/event: .*\n/g, ''))).to.deep.equal(['Kotlin', 'Flutter', 'React Native']);
  });

  it('needs the space after "data:": Ruby and Go', async () => {
    expect(await deafTo(everywhere('data: ', 'data:'))).to.deep.equal(['Ruby', 'Go']);
  });

  it('needs LF: React Native receives twice what ends with CRLF', async () => {
    const crlf = everywhere('\n', '\r\n');
    for (const sdk of SDKS) {
      const { all } = await hearing(sdk, crlf);
      if (sdk === reactNative) expect(all.length).to.be.greaterThan(1);
      else expect(all).to.deep.equal([UPDATED_AT]);
    }
  });

  it('needs a decimal point: Flutter', async () => {
    expect(await deafTo(everywhere(`${UPDATED_AT}`, '1733480514'))).to.deep.equal(['Flutter']);
  });

  it('needs seconds: Python raises at milliseconds', async () => {
    expect(await deafTo(everywhere(`${UPDATED_AT}`, '1733480514079.5'))).to.deep.equal(['Python']);
  });

  it('needs an event in one chunk: iOS', async () => {
    const halves = chunks.flatMap((chunk) => {
      const middle = chunk.indexOf('updated_at');
      return middle < 0 ? [chunk] : [chunk.slice(0, middle), chunk.slice(middle)];
    });
    expect(await deafTo(asReads(head, halves))).to.deep.equal(['iOS']);
  });

  it('needs chunks: Python holds back a short event without them', async () => {
    const plain = head.replace(/\r\nTransfer-Encoding: chunked/i, '');
    // The end of the connection is a read of its own here, as it is on a wire.
    const reads = [`${plain}\r\n\r\n`, ...chunks, ''];
    expect((await hearing(python, reads)).open).to.deep.equal([]);
    expect((await hearing(go, reads)).open).to.deep.equal([UPDATED_AT]);
  });

  it('needs a chunk to be closed at once: Python', async () => {
    const event = chunks.findIndex((chunk) => chunk.includes('data: '));
    const reads = asReads(head, chunks);
    const unclosed = [...reads.slice(0, event + 1), (reads[event + 1] as string).slice(0, -2), '\r\n0\r\n\r\n'];
    expect((await hearing(python, unclosed)).open).to.deep.equal([]);
    expect((await hearing(go, unclosed)).open).to.deep.equal([UPDATED_AT]);
  });

  it('needs a proper end: Ruby', async () => {
    expect(await deafTo(asReads(head, chunks.slice(0, -1)))).to.deep.equal(['Ruby']);
  });
});
