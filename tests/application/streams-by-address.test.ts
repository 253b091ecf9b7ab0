import { expect } from 'chai';
import fc from 'fast-check';
import { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import type { StreamClient } from '../../application/ports/streams.ts';
import { StreamsByAddress } from '../../application/streams-by-address.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, type MemorySubscriber } from '../support/memory/memory-instance.ts';

const MAX = 3;
const LIMITS = { MAX_STREAMS_PER_ADDRESS: `${MAX}`, MAX_SUBSCRIBERS: '20' };

function refusal(instance: MemoryInstance, address: string): string | undefined {
  try {
    instance.subscribe('a', '', address).vanish();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('The streams of an address', () => {
  /** How streams end, each in its own way. */
  const endings: Readonly<Record<string, (instance: MemoryInstance, streams: MemorySubscriber[]) => Promise<unknown>>> =
    {
      'their clients leave': async (_instance, streams) => streams.forEach((stream) => stream.vanish()),
      'a write finds their connection gone': async (instance, streams) => {
        for (const { socket } of streams) socket.vanish();
        await instance.published('a', 1);
      },
      'their clients do not read': async (instance, streams) => {
        for (const { socket } of streams) socket.stopReading();
        await instance.published('a', 1);
        await instance.clock.advance(62_000);
      },
      'they have reached their age': (instance) => instance.clock.advance(130_000),
      'the instance drains': async (instance) => {
        const drained = instance.container.get(TOKENS.drain).run();
        await instance.clock.advance(15_000);
        await drained;
      },
      'their sockets throw': async (instance, streams) => {
        for (const { socket } of streams)
          socket.write = () => {
            throw new Error('a socket must not throw');
          };
        await instance.published('a', 1);
      },
    };

  for (const [how, end] of Object.entries(endings))
    it(`stay within their limit, and there is room again when ${how}`, async () => {
      const instance = await new MemoryInstance({ ...LIMITS, MAX_STREAM_AGE_SECONDS: '100' }).start();
      for (let round = 1; round <= 3; round++) {
        const streams = Array.from({ length: MAX }, () => instance.subscribe('a', '', 'stranger'));
        expect(refusal(instance, 'stranger')).to.equal('there is no room: address');
        expect(refusal(instance, 'other')).to.equal(undefined);
        expect(instance.telemetry.count('streamRefused.address')).to.equal(round);
        await end(instance, streams);
        expect(instance.hub.subscribers).to.equal(0);
      }
    });

  it('free their place again when one of them ends before it has begun', async () => {
    const instance = await new MemoryInstance(LIMITS).start();
    await instance.published('a', 1);
    const client: StreamClient = { encoder: instance.encoder, userAgent: '', lastEventId: '', address: 'stranger' };
    for (let opened = 0; opened < 10; opened++) {
      const socket = new MemorySocket();
      socket.vanish();
      expect(instance.container.get(TOKENS.streams).open(env('a'), client, () => socket)).not.to.be.a('string');
    }
    expect(instance.hub.subscribers).to.equal(0);
  });

  it('are counted separately from the total: a full instance reports that it is full, and counts no address', async () => {
    const instance = await new MemoryInstance(LIMITS).start();
    const streams = Array.from({ length: 20 }, (_, at) => instance.subscribe('a', '', `${at % 10}`));
    expect(refusal(instance, '0')).to.equal('there is no room: full');
    streams[0]?.vanish();
    expect(refusal(instance, '0')).to.equal(undefined);
    expect(instance.telemetry.count('streamRefused.full')).to.equal(1);
    expect(instance.telemetry.count('streamRefused.address')).to.equal(0);
  });

  it('are not counted if there is no limit', async () => {
    const instance = await new MemoryInstance().start();
    for (let opened = 0; opened < 1000; opened++) instance.subscribe('a', '', 'one');
    const addresses = new StreamsByAddress(0);
    expect(addresses.opened('one')).to.equal(undefined);
    expect([addresses.hasRoom('one'), addresses.size]).to.deep.equal([true, 0]);
  });

  it('are counted as a plain list would count them, and an address without streams is forgotten', () => {
    const step = fc.record({ address: fc.constantFrom('a', 'b', 'c'), ends: fc.nat({ max: 20 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const addresses = new StreamsByAddress(MAX);
        const streams: { readonly address: string; readonly left: (() => void) | undefined }[] = [];
        for (const { address, ends } of steps) {
          const room = streams.filter((stream) => stream.address === address).length < MAX;
          expect(addresses.hasRoom(address)).to.equal(room);
          if (room) streams.push({ address, left: addresses.opened(address) });
          streams.splice(ends, 1)[0]?.left?.();
          expect(addresses.size).to.equal(new Set(streams.map((stream) => stream.address)).size);
        }
      }),
    );
  });
});
