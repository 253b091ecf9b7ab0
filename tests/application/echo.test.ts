import { expect } from 'chai';
import { MemoryInstance } from '../support/memory/memory-instance.ts';
import { WatchedClock } from '../support/memory/watched-clock.ts';

async function echoing(seconds: string, more: Record<string, string> = {}): Promise<MemoryInstance> {
  return new MemoryInstance({ ECHO_SECONDS: seconds, ...more }).start();
}

describe('the echo of an update', () => {
  it('is sent to all sessions at each of the times, and then no more', async () => {
    const instance = await echoing('2,65');
    const [one, other] = [instance.subscribe('a'), instance.subscribe('a')];
    await instance.published('a', 1);
    const heard: number[] = [];
    for (const untilMs of [1999, 2000, 64_999, 65_000, 200_000]) {
      await instance.clock.advance(untilMs - instance.clock.monotonicMs());
      heard.push(one.heard.length);
    }
    expect(heard).to.deep.equal([1, 2, 2, 3, 3]);
    expect([one.heard, other.heard]).to.deep.equal([
      ['1', '1', '1'],
      ['1', '1', '1'],
    ]);
    // The same event, with the same id.
    expect(new Set(one.socket.frames).size).to.equal(1);
    expect(instance.telemetry.count('echoed')).to.equal(2);
  });

  it('is cancelled by a newer update of its environment, and by no other', async () => {
    const instance = await echoing('2,5');
    const [a, b] = [instance.subscribe('a'), instance.subscribe('b')];
    await instance.published('a', 1);
    await instance.clock.advance(1000);
    await instance.published('b', 7);
    await instance.clock.advance(500);
    await instance.published('a', 2);
    await instance.clock.advance(1999);
    expect([a.heard, b.heard]).to.deep.equal([
      ['1', '2'],
      ['7', '7'],
    ]);
    await instance.clock.advance(1);
    expect(a.heard).to.deep.equal(['1', '2', '2']);
    await instance.clock.advance(60_000);
    expect([a.heard, b.heard]).to.deep.equal([
      ['1', '2', '2', '2'],
      ['7', '7', '7'],
    ]);
  });

  it('is the newest that a client receives on connecting if times went back', async () => {
    // Before a repair makes the greatest the last in the log.
    const instance = await echoing('0.1');
    const subscriber = instance.subscribe('a');
    await instance.published('a', 1_733_480_514);
    await instance.published('a', 1_733_480_000);
    await instance.clock.advance(100);
    expect(subscriber.heard).to.deep.equal(['1733480514.000000', '1733480000.000000', '1733480514.000000']);
  });

  it('causes nothing else to be sent twice, and no replay to count as news', async () => {
    const instance = await echoing('2');
    const subscriber = instance.subscribe('a');
    await instance.published('a', 1);
    await instance.clock.advance(2000);
    instance.log.rebuild();
    await instance.clock.settle();
    await instance.clock.advance(60_000);
    expect(subscriber.heard).to.deep.equal(['1', '1']);
  });

  it('reaches a client that did not read once, when it reads again', async () => {
    const instance = await echoing('2,5');
    const slow = instance.subscribe('a');
    slow.socket.stopReading();
    await instance.published('a', 1);
    await instance.clock.advance(10_000);
    expect(slow.heard).to.deep.equal(['1']);
    slow.readOn();
    expect(slow.heard).to.deep.equal(['1', '1']);
  });

  it('reaches the first client of an environment if it connects soon after the update', async () => {
    const instance = await echoing('2,65');
    await instance.published('a', 1);
    await instance.clock.advance(30_000);
    const soon = instance.subscribe('a');
    await instance.clock.advance(1000);
    const second = instance.subscribe('a');
    await instance.clock.advance(1000);
    expect([soon.heard, second.heard]).to.deep.equal([
      ['1', '1'],
      ['1', '1'],
    ]);
    await instance.clock.advance(63_000);
    expect(soon.heard).to.deep.equal(['1', '1', '1']);
  });

  it('is not sent for an update that is much older than its first client', async () => {
    const instance = await echoing('2,65');
    await instance.published('a', 1);
    await instance.clock.advance(65_000);
    const late = instance.subscribe('a');
    await instance.clock.advance(100_000);
    expect(late.heard).to.deep.equal(['1']);
  });

  it('is not of an update that is past its retention', async () => {
    const instance = await echoing('5', { RETENTION_SECONDS: '3' });
    const subscriber = instance.subscribe('a');
    await instance.published('a', 1);
    await instance.clock.advance(60_000);
    expect(subscriber.heard).to.deep.equal(['1']);
    expect(instance.telemetry.count('echoed')).to.equal(0);
  });

  it('needs one timer for any number of environments, and none when their clients have left', async () => {
    const clock = new WatchedClock();
    const { store } = new MemoryInstance();
    const instance = await new MemoryInstance({ ECHO_SECONDS: '2,65' }, { clock, store }).start();
    const idle = clock.set.size;
    const subscribers = Array.from({ length: 500 }, (_, index) => instance.subscribe(`e${index}`));
    for (const index of subscribers.keys()) {
      void instance.publish(`e${index}`, 1);
      if (index % 50 === 0) await clock.advance(10);
    }
    await clock.settle();
    expect(clock.set.size).to.equal(idle + 1);
    await clock.advance(3000);
    expect(clock.set.size).to.equal(idle + 1);
    expect(subscribers.every(({ heard }) => heard.length === 2)).to.equal(true);
    const [first, ...others] = subscribers;
    for (const each of others) each.vanish();
    expect(clock.set.size).to.equal(idle + 1);
    first?.vanish();
    expect(clock.set.size).to.equal(idle);
  });

  it('needs no timer after the last of its times', async () => {
    const clock = new WatchedClock();
    const { store } = new MemoryInstance();
    const instance = await new MemoryInstance({ ECHO_SECONDS: '2' }, { clock, store }).start();
    const idle = clock.set.size;
    const subscriber = instance.subscribe('a');
    await instance.published('a', 1);
    await clock.advance(3000);
    expect(subscriber.heard).to.deep.equal(['1', '1']);
    expect(clock.set.size).to.equal(idle);
  });

  it('is paced like any other update, and does not delay sessions that the update has not reached', async () => {
    const instance = await echoing('2', { REFETCH_PER_SECOND: '10' });
    const all = Array.from({ length: 50 }, () => instance.subscribe('a'));
    await instance.published('a', 1);
    await instance.clock.advance(2000);
    expect(all.map(({ heard }) => heard.length).filter((count) => count > 0)).to.have.length(30);
    await instance.clock.advance(2000);
    // A client that the update reaches when its echo is due receives it once.
    expect(all.map(({ heard }) => heard.length)).to.deep.equal(all.map(() => 1));
    await instance.clock.advance(3000);
    expect(all.map(({ heard }) => heard.length)).to.deep.equal(all.map((_, index) => (index < 29 ? 2 : 1)));
    await instance.clock.advance(60_000);
    expect(instance.telemetry.count('wrote.data')).to.equal(79);
  });
});
