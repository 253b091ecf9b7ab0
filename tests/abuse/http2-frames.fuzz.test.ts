import { expect } from 'chai';
import fc from 'fast-check';
import { AttackedService } from '../support/servers/attacked-service.ts';
import {
  FLAG,
  FRAME,
  frame,
  getBlock,
  getFrame,
  literal,
  postBlock,
  RawHttp2Client,
} from '../support/clients/raw-http2-client.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((content) => Buffer.from(content));

const path = fc.constantFrom(
  '/sse/environments/abc/stream',
  '/sse/environments/abc/queue-change',
  '/sse/environments/*/stream',
  '/livez',
  '/metricsz',
  'no-slash',
  '',
);
const headerBlock = fc.oneof(
  { weight: 3, arbitrary: path.map(getBlock) },
  { weight: 3, arbitrary: path.map(postBlock) },
  path.map((target) => Buffer.concat([getBlock(target), Buffer.from([0x00]), literal('X-UPPER'), literal('v')])),
  path.map((target) => Buffer.concat([getBlock(target), getBlock(target)])),
  bytes(60),
);
const payloadOf: Readonly<Record<number, fc.Arbitrary<Buffer>>> = {
  [FRAME.data]: fc.oneof(
    fc.constantFrom('{"updated_at":123}', '', ' '.repeat(2000)).map((text) => Buffer.from(text)),
    bytes(40),
  ),
  [FRAME.headers]: headerBlock,
  [FRAME.continuation]: headerBlock,
  [FRAME.settings]: fc.oneof(bytes(12), fc.constant(Buffer.alloc(0)), fc.constant(Buffer.from('000400000000', 'hex'))),
};
const ANY_TYPE = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(FRAME.headers, FRAME.data) },
  { weight: 2, arbitrary: fc.nat(9) },
  fc.nat(255),
);
const anyFrame = ANY_TYPE.chain((type) =>
  fc
    .tuple(
      payloadOf[type] ?? bytes(16),
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(FLAG.endHeaders, FLAG.endHeaders | FLAG.endStream) },
        fc.nat(255),
      ),
      fc.constantFrom(1, 1, 1, 3, 5, 0, 2, 2 ** 31 - 1),
      fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 20_000 })),
    )
    .map(([payload, flags, stream, lie]) => {
      const whole = frame(type, flags, stream, payload);
      whole.writeUIntBE(Math.max(0, payload.length + lie), 0, 3);
      return whole;
    }),
);
/** What a client might well send, so that the frames after it meet a connection that is alive. */
const honestRequest = fc.oneof(
  {
    weight: 3,
    arbitrary: path.map((target) => (stream: number) => getFrame(stream, target === '' ? '/livez' : target)),
  },
  // One that goes on, and is answered before its end.
  path.map(
    (target) => (stream: number) =>
      frame(FRAME.headers, FLAG.endHeaders, stream, getBlock(target === '' ? '/livez' : target)),
  ),
  fc.constant((stream: number) =>
    Buffer.concat([
      frame(FRAME.headers, FLAG.endHeaders, stream, postBlock('/sse/environments/abc/queue-change')),
      frame(FRAME.data, FLAG.endStream, stream, Buffer.from('{"updated_at":123}')),
    ]),
  ),
);
const honest = fc
  .array(honestRequest, { maxLength: 3 })
  .map((requests) => requests.map((request, at) => request(2 * at + 1)));
const conversation = fc.record({
  first: honest,
  frames: fc.array(anyFrame, { minLength: 1, maxLength: 8 }),
  /** Where the bytes are cut in two; undefined: behind the honest requests. */
  cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined, freq: 1 }),
  /** Whether what comes before the cut is in the connection's first segment. */
  atOnce: fc.boolean(),
  /** Whether the service has dealt with that when the rest comes. */
  rests: fc.boolean(),
  ending: fc.constantFrom('end' as const, 'reset' as const, 'destroy' as const),
});

/** Whether a header block begins with a status of 5xx: Node writes it first, by the static table or as a literal. */
function isServerError(block: Buffer): boolean {
  return block[0] === 0x8e || ((block[0] === 0x48 || block[0] === 0x08) && block.subarray(1, 3).toString() === '\x035');
}

describe('any frames over HTTP/2', () => {
  let service: AttackedService;
  before(async () => void (service = await AttackedService.start({ APPEND_DEADLINE_MS: '200' })));
  after(() => service?.stop());

  it('never bring it down, hang it, or make it answer with a 5xx', async () => {
    const bystander = await StreamClient.open(service.port, 'bystander');
    await fc.assert(
      fc.asyncProperty(conversation, async ({ first, frames, cut, atOnce, rests, ending }) => {
        const data = Buffer.concat([...first, ...frames]);
        const middle = cut === undefined ? Buffer.concat(first).length : Math.floor(cut * data.length);
        const before = data.subarray(0, middle);
        const client = await RawHttp2Client.connect(service.port, atOnce ? [before] : []);
        if (!atOnce) await client.raw.sent(before);
        if (rests) await service.serves();
        await client.raw.sent(data.subarray(middle));
        // A request of our own on another connection is answered behind whatever these frames have caused.
        await service.serves();
        client.raw[ending]();
        const heads = client.frames.filter(({ type }) => type === FRAME.headers).map(({ payload }) => payload);
        expect(heads.filter(isServerError)).to.deep.equal([]);
      }),
      { numRuns: 1000, endOnFailure: true },
    );
    // What was understood is counted by the service: an answer may be lost with a connection that breaks the protocol.
    expect(await service.metric('flagsmith_sse_subscribers_total'), 'streams').to.be.greaterThan(50);
    expect(await service.metric('halyard_queue_changes_total{outcome="stored"}'), 'changes').to.be.greaterThan(50);
    expect((await service.publish('bystander', 1)).status).to.equal(200);
    await bystander.hears('1');
    bystander.close();
  });
});
