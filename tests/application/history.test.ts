import { expect } from 'chai';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { History } from '../../application/history.ts';
import type { Gauges } from '../../application/ports/gauges.ts';
import type { Sample } from '../../application/ports/samples.ts';
import type { Tally } from '../../application/ports/tallies.ts';
import { Sampler } from '../../application/sampler.ts';

/** Buckets of one bound, so that the counts are the deliveries within a second and those beyond. */
function tally(count: number, bounds: readonly number[] = [1]): Tally {
  const buckets = { bounds, counts: [count, count + 1] };
  return { opened: count, changes: count * 2, delivery: buckets, age: buckets };
}

function sample(number: number, streams = 1, counted = tally(1)): Sample {
  return { number, streams, ...counted };
}

describe('The history of a service', () => {
  it('has the last fifteen minutes, the oldest first, however late a sample comes', async () => {
    const history = new History();
    for (let number = 1; number <= 200; number++) if (number !== 190) history.add(sample(number));
    history.add(sample(190));
    history.add(sample(3));
    const numbers = (await history.read()).map(({ number }) => number);
    expect(numbers).to.deep.equal(Array.from({ length: 180 }, (_, index) => 21 + index));
  });

  it('adds up what several processes sampled in the same five seconds', async () => {
    const history = new History();
    for (const streams of [10, 20, 30]) history.add(sample(7, streams, tally(streams)));
    history.add(sample(8, 1));
    const [first] = await history.read();
    const buckets = { bounds: [1], counts: [60, 63] };
    expect(first).to.deep.equal({ number: 7, streams: 60, opened: 60, changes: 120, delivery: buckets, age: buckets });
  });

  it('leaves out the times of a process that has other buckets, and counts its streams', async () => {
    const history = new History();
    history.add(sample(7, 10, tally(10)));
    history.add(sample(7, 5, tally(5, [2])));
    const [only] = await history.read();
    expect([only?.streams, only?.opened, only?.delivery.counts]).to.deep.equal([15, 15, [10, 11]]);
  });
});

describe('The sampler', () => {
  /** A clock that can be set, as a machine's can. */
  class SetClock extends StepClock {
    offMs = 0;

    override epochMs(): number {
      return super.epochMs() + this.offMs;
    }
  }

  function sampling(startMs: number): {
    sampler: Sampler;
    clock: SetClock;
    taken: Sample[];
    count: (to: number) => void;
  } {
    const clock = new SetClock(startMs);
    const taken: Sample[] = [];
    let counted = 100;
    const gauges = { read: () => ({ subscribers: counted }) } as unknown as Gauges;
    const tallies = { tally: () => ({ ...tally(counted), delivery: { bounds: [1], counts: [counted, 0] } }) };
    const sampler = new Sampler({ gauges, tallies, clock }, (each) => void taken.push(each));
    sampler.start();
    return { sampler, clock, taken, count: (to) => void (counted = to) };
  }

  it('takes what was counted in five seconds each, at full five seconds of the clock', async () => {
    const { sampler, clock, taken, count } = sampling(12_000);
    count(130);
    await clock.advance(2999);
    expect(taken).to.deep.equal([]);
    await clock.advance(1);
    count(135);
    await clock.advance(10_000);
    expect(
      taken.map(({ number, streams, opened, changes, delivery }) => [
        number,
        streams,
        opened,
        changes,
        delivery.counts,
      ]),
    ).to.deep.equal([
      [3, 130, 30, 60, [30, 0]],
      [4, 135, 5, 10, [5, 0]],
      [5, 135, 0, 0, [0, 0]],
    ]);
    sampler.stop();
    await clock.advance(60_000);
    expect(taken).to.have.length(3);
  });

  it('samples no interval twice when the clock is set back, and continues after it', async () => {
    const { clock, taken, count } = sampling(100_000);
    await clock.advance(10_000);
    clock.offMs = -20_000;
    count(140);
    await clock.advance(30_000);
    expect(taken.map(({ number }) => number)).to.deep.equal([21, 22, 23, 24]);
    expect(taken.map(({ opened }) => opened)).to.deep.equal([0, 0, 40, 0]);
  });
});
