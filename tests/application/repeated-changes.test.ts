import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, type MemorySubscriber, time } from '../support/memory/memory-instance.ts';

const EARLIER = 1_733_480_514;
const LATER = 1_733_480_515;

describe('A change that is repeated', () => {
  let instance: MemoryInstance;
  let client: MemorySubscriber;
  beforeEach(async () => {
    instance = await new MemoryInstance().start();
    client = instance.subscribe('abc');
  });

  async function announced(seconds: number, key = 'abc'): Promise<'stored' | 'unavailable'> {
    const outcome = instance.container.get(TOKENS.repeated).change(env(key), time(seconds));
    await instance.clock.settle();
    return outcome;
  }

  /** The seconds of the received updates, after the first digits. */
  function heard(): string {
    return client.heard.map((updatedAt) => updatedAt.slice(9, 10)).join('');
  }

  it('goes through the log again after two seconds, so that every instance sends it', async () => {
    const other = await new MemoryInstance({}, instance).start();
    const far = other.subscribe('abc');
    expect(await announced(EARLIER)).to.equal('stored');
    await instance.clock.advance(1999);
    expect(heard()).to.equal('4');
    await instance.clock.advance(1);
    expect(heard()).to.equal('44');
    expect(far.heard).to.deep.equal(client.heard);
    await instance.clock.advance(60_000);
    expect(heard()).to.equal('44');
  });

  it('is replaced by a newer one of its environment, whose time begins then', async () => {
    await announced(EARLIER);
    await instance.clock.advance(1500);
    await announced(LATER);
    await announced(EARLIER, 'other');
    await instance.clock.advance(1999);
    expect(heard()).to.equal('45');
    await instance.clock.advance(1);
    expect(heard()).to.equal('455');
    await instance.clock.advance(60_000);
    expect(heard()).to.equal('455');
  });

  it('is not announced separately when it arrives a second time meanwhile, unless it was refused', async () => {
    const repeated = instance.container.get(TOKENS.repeated);
    const both = [1, 2].map(() => repeated.change(env('abc'), time(EARLIER)));
    await instance.clock.settle();
    expect([...(await Promise.all(both)), await announced(EARLIER)]).to.deep.equal(['stored', 'stored', 'stored']);
    expect(heard()).to.equal('4');
    await instance.clock.advance(2000);
    expect(heard()).to.equal('44');
    expect(await announced(EARLIER)).to.equal('stored');
    expect(heard()).to.equal('444');

    instance.log.interrupt('refuse');
    const refused = repeated.change(env('abc'), time(LATER));
    await instance.clock.advance(1500);
    expect(await refused).to.equal('unavailable');
    instance.log.restore();
    expect(await announced(LATER)).to.equal('stored');
  });

  it('gets another try after it was refused, also when an older one came meanwhile', async () => {
    const repeated = instance.container.get(TOKENS.repeated);
    instance.log.interrupt('refuse');
    const refused = repeated.change(env('abc'), time(LATER));
    await instance.clock.advance(100);
    void repeated.change(env('abc'), time(EARLIER));
    await instance.clock.advance(1500);
    expect(await refused).to.equal('unavailable');
    instance.log.restore();
    expect(await announced(LATER)).to.equal('stored');
  });

  it('is not replaced by an older one, which starts the time again', async () => {
    await announced(LATER);
    await instance.clock.advance(1500);
    await announced(EARLIER);
    await instance.clock.advance(1999);
    expect(heard()).to.equal('54');
    await instance.clock.advance(1);
    expect(heard()).to.equal('545');
  });

  it('is kept like any other while the log is unreachable', async () => {
    instance.log.interrupt('refuse');
    const first = instance.container.get(TOKENS.repeated).change(env('abc'), time(EARLIER));
    await instance.clock.advance(5000);
    expect(await first).to.equal('unavailable');
    instance.log.restore();
    await instance.clock.advance(5000);
    expect(heard()).to.equal('4');
    expect(instance.container.get(TOKENS.pending).size).to.equal(0);
  });

  it('is repeated for ten thousand environments at a time, and beyond that announced once', async () => {
    const stored = (): number =>
      [...instance.stored.values()].reduce((max, { sequence }) => Math.max(max, sequence), 0);
    const repeated = instance.container.get(TOKENS.repeated);
    for (let at = 0; at <= 10_000; at++) void repeated.change(env(`e${at}`), time(EARLIER));
    await instance.clock.settle();
    expect(stored()).to.equal(10_001);
    await instance.clock.advance(2000);
    expect(stored()).to.equal(20_001);
  });

  it('is repeated at once when the instance stops, before the log is closed, and leaves no timer', async () => {
    const other = await new MemoryInstance({}, instance).start();
    const far = other.subscribe('abc');
    await announced(EARLIER);
    let stopped = false;
    void instance.stop().then(() => (stopped = true));
    await instance.clock.advance(200);
    expect(stopped).to.equal(true);
    expect(far.heard).to.deep.equal(['1733480514.000000', '1733480514.000000']);
    await instance.clock.advance(60_000);
    expect(far.heard).to.have.length(2);
  });

  it('is repeated in its time while the streams of an instance that stops are being ended', async () => {
    const other = await new MemoryInstance({}, instance).start();
    const far = other.subscribe('abc');
    for (let more = 0; more < 99; more++) instance.subscribe('another');
    await announced(EARLIER);
    void instance.stop();
    await instance.clock.advance(1900);
    expect(far.heard).to.have.length(1);
    await instance.clock.advance(100);
    expect(far.heard).to.have.length(2);
    await instance.clock.advance(60_000);
    expect(far.heard).to.have.length(2);
  });

  it('is announced once when it arrives after that', async () => {
    instance.container.get(TOKENS.repeated).stop();
    await announced(EARLIER);
    await instance.clock.advance(60_000);
    expect(instance.store.replay().map(([, { sequence }]) => sequence)).to.deep.equal([1]);
  });
});
