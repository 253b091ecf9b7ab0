import { expect } from 'chai';
import { MemoryStore } from '../../adapters/memory/memory-log.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { Update } from '../../domain/update.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, time } from '../support/memory/memory-instance.ts';

/** The clock of a memory instance at its start, in seconds since 1970. */
const NOW = Date.UTC(2024, 11, 6) / 1000;
const RETENTION_MS = 3_600_000;
/** How long an instance waits at most before it repairs, and the time that the repair takes. */
const REPAIRED_MS = 2200;

/** An update's value, so many seconds before the start. */
function ago(seconds: number): string {
  return `${NOW - seconds}.000000`;
}

function shared(): { readonly clock: StepClock; readonly store: MemoryStore } {
  const clock = new StepClock();
  return { clock, store: new MemoryStore({ retentionMs: RETENTION_MS }, clock) };
}

async function started(world = shared()): Promise<MemoryInstance> {
  return new MemoryInstance({}, world).start();
}

function last(instance: MemoryInstance, key = 'a'): Update | undefined {
  return instance.stored.get(key);
}

describe('A repair', () => {
  it('puts the greatest back when a smaller one is the last in the log, as of the time of its original', async () => {
    const instance = await started();
    await instance.published('a', ago(1));
    const original = last(instance);
    await instance.clock.advance(1000);
    await instance.published('a', ago(2));
    expect(last(instance)?.updatedAt).to.equal(ago(2));
    await instance.clock.advance(REPAIRED_MS);
    expect(last(instance)).to.deep.equal({ ...original, sequence: 3, isRepair: true });
    expect(instance.telemetry.count('repairTried.stored')).to.equal(1);
    await instance.clock.advance(60_000);
    expect(instance.telemetry.count('repairTried.stored'), 'repairs in a minute').to.equal(1);
  });

  it('is not sent to sessions that know its value, and is sent to all if the value is unknown', async () => {
    const world = shared();
    const [knows, missed] = [await started(world), await started(world)];
    const subscribers = [knows.subscribe('a'), missed.subscribe('a')];
    missed.log.loseDeliveries(1);
    await knows.published('a', ago(1));
    await knows.published('a', ago(2));
    await world.clock.advance(REPAIRED_MS);
    expect(subscribers.map(({ heard }) => heard)).to.deep.equal([
      [ago(1), ago(2)],
      [ago(2), ago(1)],
    ]);
    expect(knows.subscribe('a').heard).to.deep.equal([ago(1)]);
  });

  it('changes the id of what joiners are sent, with the sequence', async () => {
    const instance = await started();
    await instance.published('a', ago(1));
    await instance.published('a', ago(2));
    await instance.clock.advance(REPAIRED_MS);
    expect(instance.subscribe('a').socket.frames.at(-1)).to.contain(`id: 3-${ago(1)}\n`);
  });

  it('is recognised by its mark: another change with the same time is sent', async () => {
    const instance = await started();
    const subscriber = instance.subscribe('a');
    await instance.published('a', ago(1));
    await instance.published('a', ago(1));
    expect(subscriber.heard).to.deep.equal([ago(1), ago(1)]);
  });

  it('puts back what is missing from a stream that was recreated', async () => {
    const instance = await started();
    for (const key of ['a', 'b']) await instance.published(key, ago(1));
    instance.store.reset();
    instance.log.rebuild();
    await instance.clock.advance(REPAIRED_MS);
    expect([...instance.stored.values()].map(({ updatedAt }) => updatedAt)).to.deep.equal([ago(1), ago(1)]);
  });

  it('puts back what was acknowledged and replaced before any instance received it', async () => {
    const world = shared();
    const [first, second] = [await started(world), await started(world)];
    for (const { log } of [first, second]) log.loseDeliveries(2);
    expect(await first.published('a', ago(1))).to.equal('stored');
    expect(await second.published('a', ago(2))).to.equal('stored');
    for (const { log } of [first, second]) log.rebuild();
    const subscriber = second.subscribe('a');
    await world.clock.advance(REPAIRED_MS);
    expect(last(first)?.updatedAt).to.equal(ago(1));
    expect(subscriber.heard.at(-1)).to.equal(ago(1));
  });

  it('is left to the instance that is first', async () => {
    const world = shared();
    const instances = [await started(world), await started(world), await started(world)];
    await instances[0]?.published('a', ago(1));
    await instances[1]?.published('a', ago(2));
    await world.clock.advance(10_000);
    const stored = instances.map(({ telemetry }) => telemetry.count('repairTried.stored'));
    expect(stored.reduce((sum, count) => sum + count)).to.equal(1);
  });

  it('expires with its original, and then what came after that is put back', async () => {
    const instance = await started();
    await instance.published('a', ago(1));
    await instance.clock.advance(RETENTION_MS / 2);
    await instance.published('a', ago(2));
    await instance.clock.advance(REPAIRED_MS);
    expect(last(instance)?.updatedAt).to.equal(ago(1));
    await instance.clock.advance(RETENTION_MS / 2 + 10_000);
    expect(last(instance)).to.include({ updatedAt: ago(2), storedAtMs: NOW * 1000 + RETENTION_MS / 2 });
    await instance.clock.advance(RETENTION_MS / 2 + 10_000);
    expect(instance.subscribe('a').heard).to.deep.equal([]);
  });

  it('is tried again as for an empty log if the last delivered update has expired meanwhile', async () => {
    const world = shared();
    const instance = new MemoryInstance({}, world);
    instance.container.rebind(TOKENS.random).toConstantValue(() => 0.99);
    await instance.start();
    await instance.published('a', ago(5));
    const rollBack = world.store.backup();
    await world.clock.advance(RETENTION_MS - 1000);
    await instance.published('a', ago(1));
    instance.log.interrupt();
    rollBack();
    instance.log.restore();
    await world.clock.advance(500);
    expect(last(instance)?.updatedAt).to.equal(ago(5));
    await world.clock.advance(2 * REPAIRED_MS);
    expect(last(instance)?.updatedAt).to.equal(ago(1));
  });

  it('is never made for a value that cannot be compared, nor for a time more than a day ahead', async () => {
    for (const value of ['123', String(NOW * 1000), ago(-2 * 86_400)]) {
      const instance = await started();
      await instance.published('a', value);
      instance.store.reset();
      instance.log.rebuild();
      await instance.clock.advance(10_000);
      expect(last(instance), value).to.equal(undefined);
    }
  });

  it('waits until the log is followed again, and is left to others by an instance that drains', async () => {
    const instance = new MemoryInstance({ DRAIN_WAIT_SECONDS: '5', DRAIN_SECONDS: '5' });
    await instance.start();
    await instance.published('a', ago(1));
    await instance.published('a', ago(2));
    instance.log.interrupt();
    await instance.clock.advance(REPAIRED_MS);
    const tries = () =>
      ['stored', 'conflict', 'unavailable'].map((kind) => instance.telemetry.count(`repairTried.${kind}`));
    expect(tries()).to.deep.equal([0, 0, 0]);
    const stopped = instance.stop();
    instance.log.restore();
    await instance.clock.advance(20_000);
    await stopped;
    expect(tries()).to.deep.equal([0, 0, 0]);
    expect(last(instance)?.updatedAt).to.equal(ago(2));
  });

  it('is tried at most once a second for an environment, whatever the outcome', async () => {
    const instance = await started();
    const triedMs: number[] = [];
    const append = instance.log.append.bind(instance.log);
    instance.log.append = (environment, updatedAt, options) => {
      if (options.firstStoredAtMs === undefined) return append(environment, updatedAt, options);
      triedMs.push(instance.clock.monotonicMs());
      return Promise.resolve({ kind: 'unavailable', reason: 'refused' });
    };
    await instance.published('a', ago(1));
    await instance.published('a', ago(2));
    await instance.clock.advance(20_000);
    expect(triedMs).to.have.length.of.at.least(5);
    triedMs.slice(1).forEach((ms, index) => expect(ms - (triedMs[index] ?? 0)).to.be.at.least(1000));
  });

  it('of 20,000 environments proceeds at 500 a second, compared in slices', async () => {
    const instance = await started();
    for (let number = 0; number < 20_000; number++) instance.store.append(env(`e${number}`), time(ago(1)));
    await instance.clock.settle();
    instance.store.reset();
    instance.log.rebuild();
    await instance.clock.advance(12_000);
    expect(instance.stored.size).to.be.within(4500, 6000);
    await instance.clock.advance(30_000);
    expect(instance.stored.size).to.equal(20_000);
  });
});
