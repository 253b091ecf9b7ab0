import { expect } from 'chai';
import { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { Inspection } from '../../application/inspection.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, type MemorySubscriber } from '../support/memory/memory-instance.ts';

const API = { FLAGSMITH_API_URL: 'http://127.0.0.1:1/api/v1/' };
/** Microseconds make times comparable. */
const [SEVEN, EIGHT, NINE] = ['1733443207.000000', '1733443208.000000', '1733443209.000000'];

async function started(environment: Record<string, string> = {}): Promise<MemoryInstance> {
  return new MemoryInstance(environment).start();
}

function ofrep(instance: MemoryInstance) {
  return instance.container.get(TOKENS.ofrepHub);
}

/** An instance that notes how long its deliveries and passes took. */
async function timed() {
  const [deliveriesMs, passesMs]: number[][] = [[], []];
  const telemetry = new MemoryTelemetry();
  telemetry.delivered = (_count: number, latencyMs = 0) => void deliveriesMs?.push(latencyMs);
  telemetry.passFinished = (durationMs = 0) => void passesMs?.push(durationMs);
  const instance = new MemoryInstance();
  instance.container.rebind(TOKENS.telemetry).toConstantValue(telemetry);
  return { instance: await instance.start(), deliveriesMs, passesMs };
}

/** Opens a stream, or returns why there is no room. */
function tried(instance: MemoryInstance, dialect: 'streams' | 'ofrepStreams', address = ''): string {
  const client = { encoder: instance.ofrepEncoder, userAgent: '', lastEventId: '', address };
  const stream = instance.container.get(TOKENS[dialect]).open(env('a'), client, () => new MemorySocket());
  return typeof stream === 'string' ? stream : 'open';
}

describe('streams of OFREP', () => {
  it('take a time that went back for news, and show the last in log order to those that join', async () => {
    const instance = await started();
    const early = instance.subscribeByOfrep('a');
    await instance.published('a', NINE);
    await instance.clock.advance(100);
    // Before an instance puts the greatest back.
    await instance.published('a', SEVEN);
    await instance.clock.advance(50);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal([`2-${SEVEN}`]);
    expect(instance.subscribe('a').heard).to.deep.equal([NINE]);
    await instance.clock.advance(1000);
    expect(early.ids[0]).to.equal(`1-${NINE}`);
    expect(early.ids).to.have.length(2);
  });

  it('receive no repair of what the instance knows, and those that join receive it under its new id', async () => {
    const instance = await started();
    const early = instance.subscribeByOfrep('a');
    await instance.published('a', NINE);
    await instance.clock.advance(1000);
    await instance.published('a', SEVEN);
    await instance.clock.advance(5000);
    expect(instance.stored.get('a')?.isRepair, 'the log to be repaired').to.equal(true);
    expect(early.ids).to.deep.equal([`1-${NINE}`, `2-${SEVEN}`]);
    const late = instance.subscribeByOfrep('a');
    expect(late.ids).to.deep.equal([`3-${NINE}`]);
    expect(instance.hub.newestId(env('a'))).to.equal(`3-${NINE}`);
    expect(instance.subscribeByOfrep('a', `3-${NINE}`).ids).to.deep.equal([]);
  });

  it('show what was taken before a repair once that is past its retention', async () => {
    const instance = await started({ RETENTION_SECONDS: '60' });
    const early = instance.subscribeByOfrep('a');
    await instance.published('a', NINE);
    await instance.clock.advance(50_000);
    await instance.published('a', SEVEN);
    await instance.clock.advance(5000);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal([`3-${NINE}`]);
    // The greatest is past it now, and the log is not repaired yet.
    await instance.clock.advance(5001);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal([`2-${SEVEN}`]);
    expect(instance.hub.newestId(env('a'))).to.equal(`2-${SEVEN}`);
    await instance.clock.advance(60_000);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal([]);
    expect(instance.hub.newestId(env('a'))).to.equal(undefined);
    expect(early.ids).to.deep.equal([`1-${NINE}`, `2-${SEVEN}`]);
  });

  it('receive the repair of an update that the instance did not know', async () => {
    const [one, other] = [await started(), await started()];
    await one.published('a', NINE);
    const client = other.subscribeByOfrep('a');
    const update = one.stored.get('a');
    if (update === undefined) throw new Error('nothing was stored');
    const epoch = other.container.get(TOKENS.tail).epoch;
    other.container.get(TOKENS.tail).updated(env('a'), { ...update, isRepair: true }, epoch);
    await other.clock.advance(0);
    expect(client.ids).to.deep.equal([`1-${NINE}`]);
  });

  it('receive nothing of a replay that they have, and once what they missed of it', async () => {
    const instance = await started();
    const client = instance.subscribeByOfrep('a');
    await instance.published('a', 1);
    await instance.clock.advance(2000);
    instance.log.rebuild();
    await instance.clock.advance(2000);
    expect(client.ids).to.deep.equal(['1-1']);
    instance.log.interrupt('refuse');
    const other = await new MemoryInstance({}, { clock: instance.clock, store: instance.store }).start();
    await other.published('a', 2);
    instance.log.restore();
    await instance.clock.advance(3000);
    expect(client.ids).to.deep.equal(['1-1', '2-2']);
  });

  it('receive the first update at once, and then at most one a second, the newest', async () => {
    const instance = await started();
    const client = instance.subscribeByOfrep('a');
    const other = instance.subscribe('a');
    const at: number[] = [];
    const write = client.socket.write.bind(client.socket);
    client.socket.write = (frame) => {
      at.push(instance.clock.monotonicMs());
      return write(frame);
    };
    for (let value = 1; value <= 30; value++) {
      await instance.published('a', value);
      await instance.clock.advance(100);
    }
    await instance.clock.advance(5000);
    expect(at).to.deep.equal([0, 1000, 2000, 3000]);
    expect(client.ids).to.deep.equal(['1-1', '10-10', '20-20', '30-30']);
    expect(other.heard).to.have.length(30);
  });

  it('wait for a second of their own in each environment', async () => {
    const instance = await started();
    const keys = ['a', 'b', 'c'];
    const clients = keys.map((key) => instance.subscribeByOfrep(key));
    const counts = (): number[] => clients.map(({ ids }) => ids.length);
    // The first updates come 300 ms apart, and the second ones while all three are held back.
    for (const key of keys) {
      await instance.published(key, 1);
      await instance.clock.advance(300);
    }
    for (const key of keys) await instance.published(key, 2);
    expect(counts()).to.deep.equal([1, 1, 1]);
    await instance.clock.advance(100);
    expect(counts()).to.deep.equal([2, 1, 1]);
    await instance.clock.advance(300);
    expect(counts()).to.deep.equal([2, 2, 1]);
    await instance.clock.advance(300);
    expect(counts()).to.deep.equal([2, 2, 2]);
  });

  it('do not show what the log has dropped, where it keeps updates for less than RETENTION_SECONDS', async () => {
    const instance = await started();
    const tail = instance.container.get(TOKENS.tail);
    tail.epochStarted(tail.epoch, 10_000);
    const early = instance.subscribeByOfrep('a');
    await instance.published('a', 1);
    await instance.clock.advance(9999);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal(['1-1']);
    await instance.clock.advance(1);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal([]);
    expect(early.ids).to.deep.equal(['1-1']);
  });

  it('wait for a second from the beginning of a round, also while a pace holds the round up', async () => {
    const instance = await started({ ...API, OFREP_REFETCH_PER_SECOND: '2' });
    const all = Array.from({ length: 2 }, () => instance.subscribeByOfrep('a'));
    await instance.published('a', 1);
    expect(all.map(({ ids }) => ids.length)).to.deep.equal([1, 1]);
    // All tokens are gone: this round begins half a second late, and the next one a second after it.
    instance.subscribeByOfrep('b');
    await instance.published('b', 1);
    await instance.clock.advance(100);
    await instance.published('a', 2);
    const counts: number[] = [];
    for (let steps = 0; steps < 40; steps++) {
      await instance.clock.advance(100);
      if (steps === 15) await instance.published('a', 3);
      counts.push(all[0]?.ids.length ?? 0);
    }
    const [second, third] = [counts.indexOf(2), counts.indexOf(3)];
    expect(second).to.be.greaterThan(0);
    expect(third - second).to.be.at.least(10);
    expect(all.map(({ ids }) => ids.at(-1))).to.deep.equal(['4-3', '4-3']);
  });

  it('begin a second round no sooner than a second after the first, where an update comes during that', async () => {
    const instance = await started();
    const all = Array.from({ length: 300 }, () => instance.subscribeByOfrep('a'));
    void instance.publish('a', 1);
    // Until the first slice has been written, and no more.
    while (all[0]?.ids.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      instance.clock.turn();
    }
    expect(all.at(-1)?.ids).to.deep.equal([]);
    await instance.published('a', 2);
    expect(all[0]?.ids).to.deep.equal(['1-1']);
    expect(all.at(-1)?.ids).to.deep.equal(['2-2']);
    await instance.clock.advance(999);
    expect(all[0]?.ids).to.deep.equal(['1-1']);
    await instance.clock.advance(1);
    expect(all[0]?.ids).to.deep.equal(['1-1', '2-2']);
    expect(all.at(-1)?.ids).to.deep.equal(['2-2']);
  });

  it('wait for it too where a round at a pace ends with tokens to spare', async () => {
    const instance = await started({ ...API, OFREP_REFETCH_PER_SECOND: '2' });
    const [first, second, third] = Array.from({ length: 3 }, () => instance.subscribeByOfrep('a'));
    await instance.published('a', 1);
    await instance.clock.advance(100);
    await instance.published('a', 2);
    // It was the one that was left to visit: the next token finds no stream of the round.
    third?.vanish();
    await instance.clock.advance(899);
    expect([first?.ids, second?.ids]).to.deep.equal([['1-1'], ['1-1']]);
    await instance.clock.advance(1);
    expect([first?.ids, second?.ids]).to.deep.equal([
      ['1-1', '2-2'],
      ['1-1', '2-2'],
    ]);
  });

  it('count no time for which an update was held back as slowness of a delivery or of a pass', async () => {
    const { instance, deliveriesMs, passesMs } = await timed();
    const client = instance.subscribeByOfrep('a');
    await instance.published('a', 1);
    await instance.published('a', 2);
    await instance.clock.advance(1000);
    expect(client.ids).to.deep.equal(['1-1', '2-2']);
    expect(deliveriesMs).to.deep.equal([0, 0]);
    expect(passesMs).to.deep.equal([0, 0]);
    // The pass of this one ends with its last stream, while it is held back.
    await instance.published('a', 3);
    await instance.clock.advance(500);
    client.vanish();
    expect(passesMs).to.deep.equal([0, 0, 0]);
  });

  it('count as slowness that the timer of a held update is late', async () => {
    const { instance, deliveriesMs, passesMs } = await timed();
    const { clock } = instance;
    instance.subscribeByOfrep('a');
    instance.subscribeByOfrep('b');
    await instance.published('a', 1);
    await instance.published('b', 1);
    await instance.published('a', 2);
    const monotonicMs = clock.monotonicMs.bind(clock);
    // Something has kept the process busy when the timer should have run, and later.
    clock.monotonicMs = () => monotonicMs() + 300;
    await clock.advance(1000);
    expect(deliveriesMs).to.deep.equal([0, 0, 300]);
    expect(passesMs).to.deep.equal([0, 0, 300]);
  });

  it('go at a pace of their own where the API is asked by way of the service, and at the common one where not', async () => {
    const rates = async (variables: Record<string, string>): Promise<number[]> => {
      const instance = await started(variables);
      const both = [
        Array.from({ length: 500 }, () => instance.subscribe('a')),
        Array.from({ length: 500 }, () => instance.subscribeByOfrep('a')),
      ];
      await instance.published('a', 1);
      return both.map((those) => those.filter(({ socket }) => socket.frames.length > 0).length);
    };
    expect(await rates({})).to.deep.equal([500, 500]);
    expect(await rates(API)).to.deep.equal([500, 50]);
    expect(await rates({ ...API, REFETCH_PER_SECOND: '200', OFREP_REFETCH_PER_SECOND: '7' })).to.deep.equal([200, 7]);
    expect(await rates({ ...API, OFREP_REFETCH_PER_SECOND: '0' })).to.deep.equal([500, 500]);
    expect(await rates({ REFETCH_PER_SECOND: '200' })).to.deep.equal([200, 200]);
  });

  it('are not sent echoes', async () => {
    const instance = await started({ ECHO_SECONDS: '2' });
    const [client, other] = [instance.subscribeByOfrep('a'), instance.subscribe('a')];
    await instance.published('a', 1);
    await instance.clock.advance(10_000);
    expect([client.ids, other.heard]).to.deep.equal([['1-1'], ['1', '1']]);
  });

  it('leave nothing behind: a channel is there while it has streams, and begins with what is known', async () => {
    const instance = await started();
    await instance.published('a', 1);
    expect(ofrep(instance).channels.size).to.equal(0);
    const client = instance.subscribeByOfrep('a');
    expect(client.ids).to.deep.equal(['1-1']);
    expect(ofrep(instance).channels.size).to.equal(1);
    client.vanish();
    expect(ofrep(instance).channels.size).to.equal(0);
    await instance.published('a', 2);
    expect(instance.subscribeByOfrep('a').ids).to.deep.equal(['2-2']);
  });

  it('count with those of the other dialect: for the limits, the gauges and an operator', async () => {
    const instance = await started({ MAX_SUBSCRIBERS: '3', MAX_STREAMS_PER_ADDRESS: '1' });
    const gauges = instance.container.get(TOKENS.gauges);
    expect(tried(instance, 'streams', 'x')).to.equal('open');
    expect(tried(instance, 'ofrepStreams', 'x')).to.equal('address');
    expect(tried(instance, 'ofrepStreams', 'y')).to.equal('open');
    expect(tried(instance, 'streams', 'y')).to.equal('address');
    expect(tried(instance, 'ofrepStreams', 'z')).to.equal('open');
    expect(tried(instance, 'ofrepStreams', 'w')).to.equal('full');
    expect(tried(instance, 'streams', 'w')).to.equal('full');
    expect(gauges.read()).to.deep.include({ subscribers: 3, unready: 'full', channels: 2 });
    expect(instance.telemetry.count('streamRefused.full')).to.equal(2);
    const [tail, pending, hubs] = [TOKENS.tail, TOKENS.pending, TOKENS.hubs] as const;
    const parts = {
      hub: instance.hub,
      hubs: instance.container.get(hubs),
      tail: instance.container.get(tail),
      pending: instance.container.get(pending),
    };
    const report = () => new Inspection(parts, instance.clock).report(env('a'));
    expect(report()).to.deep.include({ subscribers: 3, behind: 0, state: 'quiet', pass: null });
    await instance.published('a', 1);
    await instance.published('a', 2);
    expect(report()).to.deep.include({ subscribers: 3, behind: 2, state: 'spreading' });
    expect(report().pass).to.deep.equal({ seconds: 0, reached: 1, left: 2 });
    expect(gauges.read().spreading).to.equal(1);
  });

  it('are kept alive, and have no age unless they are given one of their own', async () => {
    const ages = { MAX_STREAM_AGE_SECONDS: '60', STREAM_AGE_RULES: 'x=1-2' };
    const endless = (await started(ages)).subscribeByOfrep('a');
    const instance = await started({ ...ages, OFREP_STREAM_AGE_SECONDS: '100', KEEP_ALIVE_SECONDS: '5' });
    const those = Array.from({ length: 50 }, () => instance.subscribeByOfrep('a'));
    const ended = (): MemorySubscriber[] => those.filter(({ socket }) => socket.ending === 'ended');
    await instance.clock.advance(79_000);
    expect(ended()).to.deep.equal([]);
    expect(those[0]?.socket.keepAlives).to.be.within(12, 16);
    const written = those.reduce((sum, { socket }) => sum + socket.keepAlives, 0);
    expect(instance.telemetry.count('wrote.keepalive'), 'the writes that are counted').to.equal(written);
    await instance.clock.advance(43_000);
    expect(ended()).to.have.length(50);
    expect(endless.socket.ending).to.equal('open');
  });

  it('do not end by the ages of the other dialect', async () => {
    const instance = await started({ MAX_STREAM_AGE_SECONDS: '60', STREAM_AGE_RULES: 'x=1-2' });
    const [client, other] = [instance.subscribeByOfrep('a'), instance.subscribe('a')];
    await instance.clock.advance(7_200_000);
    expect([client.socket.ending, other.socket.ending]).to.deep.equal(['open', 'ended']);
  });

  it('end at a drain with the newest, also with one that was being held back, and are refused from then on', async () => {
    const instance = await started({ DRAIN_WAIT_SECONDS: '5', DRAIN_SECONDS: '1' });
    const [client, dead] = [instance.subscribeByOfrep('a'), instance.subscribeByOfrep('a')];
    dead.socket.stopReading();
    void instance.container.get(TOKENS.service).stop();
    await instance.clock.advance(4900);
    expect(tried(instance, 'ofrepStreams')).to.equal('open');
    await instance.published('a', 1);
    await instance.clock.advance(150);
    await instance.published('a', 2);
    expect(client.ids).to.deep.equal(['1-1']);
    expect(tried(instance, 'ofrepStreams')).to.equal('draining');
    expect(tried(instance, 'streams')).to.equal('open');
    await instance.clock.advance(3000);
    expect(client.ids).to.deep.equal(['1-1', '2-2']);
    expect(client.socket.ending).to.equal('ended');
    expect(dead.socket.ending, 'the stream of a client that does not read').to.equal('closed');
  });

  it('are cut when they do not read, and receive the newest when they read again', async () => {
    const instance = await started({ CONGESTED_SECONDS: '60' });
    const [slow, dead] = [instance.subscribeByOfrep('a'), instance.subscribeByOfrep('a')];
    for (const { socket } of [slow, dead]) socket.stopReading();
    await instance.published('a', EIGHT);
    await instance.clock.advance(1000);
    await instance.published('a', SEVEN);
    await instance.clock.advance(100);
    slow.readOn();
    expect(slow.ids.at(-1)).to.equal(`2-${SEVEN}`);
    await instance.clock.advance(65_000);
    expect([slow.socket.ending, dead.socket.ending]).to.deep.equal(['open', 'closed']);
  });
});
