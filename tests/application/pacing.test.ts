import { expect } from 'chai';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { Timer } from '../../application/ports/clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, type MemorySubscriber } from '../support/memory/memory-instance.ts';
import { WatchedClock } from '../support/memory/watched-clock.ts';

/** An update that takes longer than this is late: a step of the bucket, and a little. */
const STEP_MS = 100;

/** Counts the requests that it receives. */
class CountingClock extends StepClock {
  turns = 0;
  timers = 0;

  override nextTurn(task: () => void): void {
    this.turns++;
    super.nextTurn(task);
  }

  override after(delayMs: number, run: () => void): Timer {
    this.timers++;
    return super.after(delayMs, run);
  }
}

/** Shows a later time than that at which its timers run, as if something else blocked the event loop. */
class LateClock extends StepClock {
  lateMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.lateMs;
  }
}

/** Keeps the times of deliveries: how late they were, and for how long they were held back. */
class TimedTelemetry extends MemoryTelemetry {
  readonly lateMs: number[] = [];
  readonly heldMs: number[] = [];

  override delivered(count: number, latencyMs = 0): void {
    this.lateMs.push(latencyMs);
    super.delivered(count);
  }

  override heldBack(count: number, heldMs = 0): void {
    this.heldMs.push(heldMs);
    super.heldBack(count);
  }
}

async function paced(perSecond: number, more: Record<string, string> = {}): Promise<MemoryInstance> {
  return new MemoryInstance({ REFETCH_PER_SECOND: String(perSecond), ...more }).start();
}

function subscribers(instance: MemoryInstance, key: string, count: number): MemorySubscriber[] {
  return Array.from({ length: count }, () => instance.subscribe(key));
}

/** The subscribers whose last update is this one. */
function having(those: readonly MemorySubscriber[], time: string): MemorySubscriber[] {
  return those.filter(({ heard }) => heard.at(-1) === time);
}

describe('a pass at a pace', () => {
  it("sends a second's worth at once, and then the paced number a second, and the update to each client once", async () => {
    const instance = await paced(100);
    const all = subscribers(instance, 'a', 1000);
    await instance.published('a', 1);
    const reached: number[] = [];
    for (let steps = 0; steps < 95; steps++) {
      reached.push(having(all, '1').length);
      await instance.clock.advance(STEP_MS);
    }
    expect(reached.slice(0, 4)).to.deep.equal([100, 110, 120, 130]);
    expect(reached[89]).to.equal(990);
    expect(having(all, '1')).to.have.length(1000);
    expect(instance.telemetry.count('wrote.data')).to.equal(1000);
    expect(instance.telemetry.count('passFinished')).to.equal(1);
  });

  it('waits on one timer and not on turns of the loop', async () => {
    const clock = new CountingClock();
    const { store } = new MemoryInstance();
    const instance = await new MemoryInstance({ REFETCH_PER_SECOND: '100' }, { clock, store }).start();
    subscribers(instance, 'a', 5000);
    await instance.published('a', 1);
    await clock.advance(1000);
    const { turns, timers } = clock;
    await clock.advance(10_000);
    // One timer a step, and that of the sweep, whose slices are the turns.
    expect(clock.timers - timers).to.be.within(100, 115);
    const [sweeps, slices] = [10, 5000 / (instance.hub.slices.sessions * 10) + 1];
    expect(clock.turns - turns).to.be.at.most(sweeps * slices);
    expect(instance.telemetry.count('wrote.data')).to.be.within(1190, 1200);
  });

  it('is as slow as one a second', async () => {
    const one = await paced(1);
    const all = subscribers(one, 'a', 5);
    await one.published('a', 1);
    const reached: number[] = [];
    for (let seconds = 0; seconds < 5; seconds++) {
      reached.push(having(all, '1').length);
      await one.clock.advance(1000);
    }
    expect(reached).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('lets a few streams of one environment pass within the second beside the thousands of another', async () => {
    const instance = await paced(100);
    const many = subscribers(instance, 'many', 15_000);
    const few = subscribers(instance, 'few', 3);
    await instance.published('many', 1);
    await instance.clock.advance(5000);
    await instance.published('few', 2);
    await instance.clock.advance(1000);
    expect(having(few, '2')).to.have.length(3);
    expect(having(many, '1')).to.have.length(100 + 600 - 3);
  });

  it('shares its tokens among environments in turn, when there are more of them than tokens in a step', async () => {
    const instance = await paced(100);
    const environments = Array.from({ length: 50 }, (_, index) => subscribers(instance, `e${index}`, 100));
    for (const index of environments.keys()) void instance.publish(`e${index}`, 1);
    await instance.clock.advance(9000);
    const reached = environments.map((those) => having(those, '1').length);
    expect(reached.reduce((sum, each) => sum + each)).to.equal(1000);
    expect(Math.max(...reached) - Math.min(...reached)).to.be.at.most(1);
  });

  it('sends a newer update first to the sessions that the older one has not reached, and then to the others', async () => {
    const instance = await paced(10);
    const all = subscribers(instance, 'a', 40);
    await instance.published('a', 1);
    await instance.clock.advance(1000);
    expect(having(all, '1')).to.have.length(20);
    await instance.published('a', 2);
    await instance.clock.advance(2000);
    expect(all.map(({ heard }) => heard)).to.deep.equal(all.map((_, index) => (index < 20 ? ['1'] : ['2'])));
    await instance.clock.advance(2000);
    expect(having(all, '2')).to.have.length(40);
    await instance.clock.advance(1000);
    expect(instance.telemetry.count('wrote.data')).to.equal(60);
    expect(instance.hub.passes).to.equal(0);
  });

  it('does not delay the newest for a client that connects, nor keep-alives', async () => {
    const instance = await paced(1, { KEEP_ALIVE_SECONDS: '5' });
    const all = subscribers(instance, 'a', 200);
    await instance.published('a', 1);
    await instance.clock.advance(10_000);
    expect(instance.subscribe('a').heard).to.deep.equal(['1']);
    expect(await instance.published('b', 3)).to.equal('stored');
    const waiting = all.at(-1);
    expect(waiting?.heard).to.deep.equal([]);
    expect(waiting?.socket.keepAlives).to.be.greaterThan(0);
  });

  it('uses no token for a client that does not read, and sends it the newest when it reads again', async () => {
    const instance = await paced(1);
    const [deaf, ...others] = subscribers(instance, 'a', 3);
    deaf?.socket.stopReading();
    await instance.published('a', 1);
    await instance.clock.advance(2000);
    expect(having(others, '1')).to.have.length(2);
    await instance.published('a', 2);
    await instance.clock.advance(2000);
    expect(having(others, '2')).to.have.length(2);
    deaf?.readOn();
    expect(deaf?.heard).to.deep.equal(['1', '2']);
    await instance.clock.advance(1000);
    expect(instance.hub.passes).to.equal(0);
  });

  it('gives a stream that ends by its age the newest first', async () => {
    const instance = await paced(1, { MAX_STREAM_AGE_SECONDS: '10' });
    const all = subscribers(instance, 'a', 100);
    await instance.clock.advance(7000);
    await instance.published('a', 1);
    await instance.clock.advance(7000);
    for (const { socket, heard } of all) expect([socket.ending, heard]).to.deep.equal(['ended', ['1']]);
    expect(instance.hub.passes).to.equal(0);
  });

  it('sends draining streams the newest before it ends them, and leaves no timer behind', async () => {
    const clock = new CountingClock();
    const { store } = new MemoryInstance();
    const settings = { REFETCH_PER_SECOND: '1', DRAIN_SECONDS: '2' };
    const instance = await new MemoryInstance(settings, { clock, store }).start();
    const all = subscribers(instance, 'a', 100);
    await instance.published('a', 1);
    const stopped = instance.stop();
    await clock.advance(5000);
    await stopped;
    for (const { socket, heard } of all) expect([socket.ending, heard]).to.deep.equal(['ended', ['1']]);
    const { timers } = clock;
    await clock.advance(60_000);
    expect(clock.timers).to.equal(timers);
  });

  it('needs one timer for any number of environments, and none when their clients have left', async () => {
    const clock = new WatchedClock();
    const { store } = new MemoryInstance();
    const instance = await new MemoryInstance({ REFETCH_PER_SECOND: '1' }, { clock, store }).start();
    const idle = clock.set.size;
    const all = [0, 1, 2, 3].flatMap((index) => subscribers(instance, `e${index}`, 5));
    for (const index of [0, 1, 2, 3]) {
      await instance.published(`e${index}`, 1);
      expect(clock.set.size).to.equal(idle + 1);
    }
    for (const each of all) each.vanish();
    expect(clock.set.size).to.equal(idle);
    expect(instance.hub.passes).to.equal(0);
  });

  it('ends when the last client leaves, and begins again for others', async () => {
    const instance = await paced(1);
    const gone = subscribers(instance, 'a', 10);
    const stay = subscribers(instance, 'b', 2);
    await instance.published('a', 1);
    await instance.published('b', 2);
    for (const each of gone) each.vanish();
    expect(instance.hub.passes).to.equal(1);
    await instance.clock.advance(2000);
    expect(having(stay, '2')).to.have.length(2);
  });

  it('distinguishes the pace from slowness: deliveries are not late, and the time that they were held back is counted', async () => {
    const clock = new LateClock();
    const { store } = new MemoryInstance();
    const instance = new MemoryInstance({ REFETCH_PER_SECOND: '10' }, { clock, store });
    const telemetry = new TimedTelemetry();
    instance.container.rebind(TOKENS.telemetry).toConstantValue(telemetry);
    await instance.start();
    subscribers(instance, 'a', 100);
    await instance.published('a', 1);
    await instance.clock.advance(20_000);
    expect([telemetry.count('delivered'), telemetry.count('heldBack')]).to.deep.equal([100, 100]);
    expect(Math.max(...telemetry.lateMs)).to.equal(0);
    expect(Math.max(...telemetry.heldMs)).to.equal(9000);
    await instance.published('a', 2);
    await clock.advance(500);
    clock.lateMs = 40;
    await clock.advance(100);
    expect(Math.max(...telemetry.lateMs)).to.equal(40);
  });

  it('shows how far it is', async () => {
    const instance = await paced(10);
    const all = subscribers(instance, 'a', 100);
    all.at(-1)?.socket.stopReading();
    const { hub, clock } = instance;
    await instance.published('a', 1);
    await clock.advance(2000);
    expect(having(all, '1')).to.have.length(30);
    const channel = hub.channels.get(env('a'));
    expect(channel && hub.passBeganMs(channel)).to.equal(0);
    expect(instance.container.get(TOKENS.sweep).behind).to.be.within(70, 80);
    await clock.advance(8000);
    expect(channel && hub.passBeganMs(channel)).to.equal(undefined);
    await clock.advance(1000);
    expect(instance.container.get(TOKENS.sweep).behind).to.equal(0);
  });
});
