import { expect } from 'chai';
import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { ClockSkew } from '../../application/clock-skew.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { env, MemoryInstance, time } from '../support/memory/memory-instance.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { startService } from '../support/servers/running-service.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Updates whose log's clock is `behindMs` behind ours, each received that long after it was stored. */
class Clocks {
  readonly skew = new ClockSkew();
  behindMs = 0;
  #nowMs = 1e6;

  take(...deliveriesMs: number[]): number {
    for (const deliveryMs of deliveriesMs)
      this.skew.observe(this.#nowMs - this.behindMs - deliveryMs, { epochMs: this.#nowMs, monotonicMs: this.#nowMs });
    return this.skew.ms;
  }

  wait(ms: number): this {
    this.#nowMs += ms;
    return this;
  }
}

/** The same clock, but it shows another time. */
function shifted(clock: Clock, aheadMs: () => number): Clock {
  return {
    epochMs: () => clock.epochMs() + aheadMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, task) => clock.after(delayMs, task),
    nextTurn: (task) => clock.nextTurn(task),
  };
}

describe('How far the clocks are apart', () => {
  it('is nothing before an update says so', () => expect(new ClockSkew().ms).to.equal(0));

  for (const behindMs of [0, 7 * SECOND, -7 * SECOND, -3 * SECOND])
    it(`is shown by the quickest delivery, with the log ${behindMs} ms behind`, () => {
      const clocks = new Clocks();
      clocks.behindMs = behindMs;
      const best = Math.abs(behindMs + 2);
      expect(clocks.take(4000, 2, 9000, 3000)).to.equal(best);
      expect(clocks.wait(20 * SECOND).take(5000)).to.equal(best);
      expect(clocks.wait(20 * SECOND).take(5000)).to.equal(best);
    });

  it('is that of the last minute: a clock that was set right, or wrong, shows within it', () => {
    const clocks = new Clocks();
    clocks.behindMs = 7 * SECOND;
    expect(clocks.take(1)).to.equal(7001);
    clocks.behindMs = 0;
    expect(clocks.wait(SECOND).take(1)).to.equal(1);
    clocks.behindMs = 7 * SECOND;
    for (let second = 0; second < 60; second++) clocks.wait(SECOND).take(1);
    expect(clocks.skew.ms).to.equal(7001);
  });

  it('stays the same while nothing arrives, and after an hour depends only on later updates', () => {
    const clocks = new Clocks();
    clocks.behindMs = 7 * SECOND;
    expect(clocks.take(1)).to.equal(7001);
    expect(clocks.wait(60 * MINUTE).skew.ms).to.equal(7001);
    clocks.behindMs = 9 * SECOND;
    expect(clocks.take(3)).to.equal(9003);
  });
});

describe('The clocks of an instance and its log', () => {
  const logsClock = { aheadMs: 0 };
  const clock = new StepClock();
  const log = shifted(clock, () => logsClock.aheadMs);
  const skewOf = (instance: MemoryInstance): number => instance.container.get(TOKENS.tail).clockSkewMs;

  it('are compared by live updates, and not by a replay', async () => {
    const store = new MemoryStore({ retentionMs: 60 * MINUTE }, log);
    const instance = await new MemoryInstance({}, { clock, store }).start();
    await instance.published('a', 1);
    expect(skewOf(instance)).to.equal(0);
    await clock.advance(10 * MINUTE);

    // The replayed update is ten minutes old.
    const late = await new MemoryInstance({}, { clock, store }).start();
    for (let epoch = 0; epoch < 3; epoch++) {
      late.log.rebuild();
      await clock.settle();
    }
    expect(late.hub.newest(env('a'))?.updatedAt).to.equal('1');
    expect([skewOf(instance), skewOf(late)]).to.deep.equal([0, 0]);

    logsClock.aheadMs = 8 * SECOND;
    await instance.published('a', 2);
    expect([skewOf(instance), skewOf(late)]).to.deep.equal([8 * SECOND, 8 * SECOND]);
  });

  it('are not compared by updates of an epoch that has ended', async () => {
    const instance = await new MemoryInstance().start();
    const update = { sequence: 9, updatedAt: time(1), storedAtMs: instance.clock.epochMs() - MINUTE };
    instance.container.get(TOKENS.tail).updated(env('a'), update, 99);
    expect(skewOf(instance)).to.equal(0);
  });

  it('are a metric, in seconds', async () => {
    const service = await startService({}, (container) => {
      const ours = container.get(TOKENS.clock);
      const store = new MemoryStore(
        { retentionMs: 60 * MINUTE },
        shifted(ours, () => 100 * SECOND),
      );
      container.rebind(TOKENS.log).toConstantValue(new MemoryLog(store, ours));
    });
    const seconds = async (): Promise<number | undefined> =>
      sampleOf(await (await fetch(service.url('/metricsz'))).text(), 'halyard_clock_skew_seconds');
    expect(await seconds()).to.equal(0);
    await service.publish('abc', 123);
    await eventually('the update to be taken', async () => (await seconds()) !== 0);
    expect(await seconds()).to.be.within(90, 100);
    await service.stop();
  });
});
