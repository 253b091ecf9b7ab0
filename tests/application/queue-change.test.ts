import { expect } from 'chai';
import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { AppendOptions, AppendOutcome } from '../../application/ports/update-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, time } from '../support/memory/memory-instance.ts';

describe('queue-change', () => {
  /** Watches what goes to the log, and holds it back until it is released. */
  function watchAppends(instance: MemoryInstance): { values: string[]; options: AppendOptions[]; go: () => void } {
    const append = instance.log.append.bind(instance.log);
    const watch = { values: [] as string[], options: [] as AppendOptions[], go: (): void => undefined };
    const gate = new Promise<void>((resolve) => (watch.go = resolve));
    instance.log.append = async (environment, updatedAt, options): Promise<AppendOutcome> => {
      watch.values.push(updatedAt);
      watch.options.push(options);
      await gate;
      return append(environment, updatedAt, options);
    };
    return watch;
  }

  it('has one append in flight for an environment, and merges changes that arrive meanwhile into the greatest', async () => {
    const instance = await new MemoryInstance().start();
    const appends = watchAppends(instance);
    const outcomes = [1_733_480_000, 1_733_480_005, 1_733_480_009, 1_733_480_007].map((value) =>
      instance.publish('a', value),
    );
    await instance.clock.settle();
    expect(appends.values).to.deep.equal(['1733480000.000000']);
    appends.go();
    await instance.clock.settle();
    expect(await Promise.all(outcomes)).to.deep.equal(['stored', 'stored', 'stored', 'stored']);
    expect(appends.values).to.deep.equal(['1733480000.000000', '1733480009.000000']);
    expect(instance.telemetry.count('changesMerged')).to.equal(2);
  });

  it('merges values that cannot be compared into the last of them', async () => {
    const instance = await new MemoryInstance().start();
    const appends = watchAppends(instance);
    for (const value of [9, 8, 7]) void instance.publish('a', value);
    appends.go();
    await instance.clock.settle();
    expect(appends.values).to.deep.equal(['9', '7']);
  });

  it('keeps environments separate', async () => {
    const instance = await new MemoryInstance().start();
    const appends = watchAppends(instance);
    void instance.publish('a', 1);
    void instance.publish('b', 2);
    await instance.clock.settle();
    expect(appends.values).to.deep.equal(['1', '2']);
  });

  it('answers each caller at its own deadline, however long the log hangs', async () => {
    const instance = await new MemoryInstance({ APPEND_DEADLINE_MS: '1000' }).start();
    instance.log.interrupt();
    const answered: string[] = [];
    for (const [name, afterMs] of [
      ['first', 0],
      ['second', 400],
      ['third', 400],
    ] as const) {
      await instance.clock.advance(afterMs);
      void instance.publish('a', 1).then((outcome) => answered.push(`${name} ${outcome}`));
    }
    await instance.clock.advance(199);
    expect(answered).to.deep.equal([]);
    await instance.clock.advance(2);
    expect(answered).to.deep.equal(['first unavailable']);
    await instance.clock.advance(400);
    expect(answered).to.deep.equal(['first unavailable', 'second unavailable']);
    await instance.clock.advance(401);
    expect(answered).to.deep.equal(['first unavailable', 'second unavailable', 'third unavailable']);
  });

  it('tries again within the deadline when the log comes back', async () => {
    const instance = await new MemoryInstance({ APPEND_DEADLINE_MS: '1000' }).start();
    instance.log.interrupt();
    const first = instance.publish('a', 1);
    await instance.clock.advance(500);
    const second = instance.publish('a', 2);
    instance.log.restore();
    await instance.clock.advance(600);
    expect(await Promise.all([first, second])).to.deep.equal(['unavailable', 'stored']);
  });

  describe('at a second try', () => {
    /** Two instances on one log, which refuses the first instance once. */
    async function refusedOnce(): Promise<{ a: MemoryInstance; b: MemoryInstance; last: () => string | undefined }> {
      const clock = new StepClock();
      const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
      const a = await new MemoryInstance({}, { clock, store }).start();
      const b = await new MemoryInstance({}, { clock, store }).start();
      const append = a.log.append.bind(a.log);
      a.log.append = () => {
        a.log.append = append;
        return Promise.resolve({ kind: 'unavailable', reason: 'an election' });
      };
      return { a, b, last: () => store.replay()[0]?.[1].updatedAt };
    }

    it('does not undo what another instance stored since the first', async () => {
      const { a, b, last } = await refusedOnce();
      const tried = a.publish('x', 7);
      await a.clock.advance(1);
      expect(await b.published('x', 9)).to.equal('stored');
      await a.clock.advance(1000);
      expect([await tried, last()]).to.deep.equal(['stored', '9']);
    });

    it('does not store a smaller time over a greater one, whenever that was stored', async () => {
      const { a, b, last } = await refusedOnce();
      const tried = a.publish('x', 1_733_480_001);
      expect(await b.published('x', 1_733_480_004)).to.equal('stored');
      await a.clock.advance(1);
      const justCome = a.publish('x', 1_733_480_003);
      await a.clock.advance(1000);
      expect([await tried, await justCome, last()]).to.deep.equal(['stored', 'stored', '1733480004.000000']);
    });

    it('publishes a change that has just arrived, although the one that it waits with was overtaken', async () => {
      const { a, b, last } = await refusedOnce();
      const tried = a.publish('x', 7);
      await a.clock.advance(1);
      expect(await b.published('x', 9)).to.equal('stored');
      const justCome = a.publish('x', 8);
      await a.clock.advance(1000);
      expect([await tried, await justCome, last()]).to.deep.equal(['stored', 'stored', '8']);
    });
  });

  describe('whose time runs out', () => {
    /** A log that answers `unavailable` after this time, at the latest at the time-out of the append. */
    async function refusing(answersAfterMs: number, earlyMs: number): Promise<{ timeoutsMs: number[] }> {
      const instance = await new MemoryInstance({ APPEND_DEADLINE_MS: '1000' }).start();
      const timeoutsMs: number[] = [];
      instance.log.append = (_environment, _updatedAt, { timeoutMs }) => {
        timeoutsMs.push(timeoutMs);
        const refused: AppendOutcome = { kind: 'unavailable', reason: 'an election' };
        const afterMs = Math.min(answersAfterMs, timeoutMs - earlyMs);
        return new Promise((resolve) => void instance.clock.after(afterMs, () => resolve(refused)));
      };
      const outcome = instance.publish('a', 1);
      await instance.clock.advance(1100);
      expect(await outcome).to.equal('unavailable');
      return { timeoutsMs };
    }

    it('is not published again if a timer fires a moment early', async () => {
      const { timeoutsMs } = await refusing(Infinity, 0.7);
      expect(timeoutsMs).to.deep.equal([1000]);
    });

    it('is not published at its deadline, when no caller would wait for the answer', async () => {
      const { timeoutsMs } = await refusing(0, 0);
      expect(timeoutsMs.length).to.be.greaterThan(10);
      expect(Math.min(...timeoutsMs)).to.be.at.least(2);
    });
  });

  it('leaves no lane behind when all are answered', async () => {
    const instance = await new MemoryInstance().start();
    const changes = instance.container.get(TOKENS.changes);
    const outcomes = [instance.publish('a', 1), instance.publish('a', 2), instance.publish('b', 1)];
    expect(changes.inFlight).to.equal(2);
    await instance.clock.settle();
    expect(await Promise.all(outcomes)).to.deep.equal(['stored', 'stored', 'stored']);
    expect(changes.inFlight).to.equal(0);
  });

  for (const [how, append] of Object.entries({
    throws: () => {
      throw new Error('a bug');
    },
    rejects: () => Promise.reject(new Error('a bug')),
  }))
    it(`answers every caller, keeps the updates and frees the lane when the log ${how}`, async () => {
      const instance = await new MemoryInstance().start();
      const sound = instance.log.append.bind(instance.log);
      instance.log.append = append;
      const outcomes = [1_733_480_001, 1_733_480_003, 1_733_480_002].map((value) => instance.publish('a', value));
      await instance.clock.settle();
      expect(await Promise.all(outcomes)).to.deep.equal(['unavailable', 'unavailable', 'unavailable']);
      expect(instance.container.get(TOKENS.changes).inFlight).to.equal(0);
      expect(instance.container.get(TOKENS.pending).kept(env('a'))).to.equal('1733480003.000000');
      expect(instance.logger.of('change_failed')[0]).to.include({ environment: 'a', reason: 'a bug' });
      instance.log.append = sound;
      expect(await instance.published('a', 1_733_480_004)).to.equal('stored');
    });
});

describe('an update that was refused', () => {
  const OPTIONS = { APPEND_DEADLINE_MS: '1000', MAX_PENDING_ENVIRONMENTS: '2' };

  async function refusedAt(instance: MemoryInstance, key: string, value: unknown): Promise<void> {
    const outcome = instance.publish(key, value);
    await instance.clock.advance(1001);
    expect(await outcome).to.equal('unavailable');
  }

  async function pair(): Promise<{ a: MemoryInstance; b: MemoryInstance; store: MemoryStore }> {
    const clock = new StepClock();
    const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
    const a = await new MemoryInstance(OPTIONS, { clock, store }).start();
    const b = await new MemoryInstance(OPTIONS, { clock, store }).start();
    return { a, b, store };
  }

  function last(store: MemoryStore, key: string): string | undefined {
    return store.replay().find(([environment]) => environment === env(key))?.[1].updatedAt;
  }

  it('is appended when the log is back, the greatest of each environment', async () => {
    const { a, b, store } = await pair();
    const subscriber = b.subscribe('x');
    a.log.interrupt();
    await refusedAt(a, 'x', 1_733_480_002);
    await refusedAt(a, 'x', 1_733_480_001);
    a.log.restore();
    await a.clock.advance(0);
    expect(last(store, 'x')).to.equal('1733480002.000000');
    expect(subscriber.heard).to.deep.equal(['1733480002.000000']);
    expect(a.telemetry.count('pendingSettled.appended')).to.equal(1);
  });

  it('does not undo a newer one that was stored first', async () => {
    const { a, b, store } = await pair();
    a.log.interrupt();
    await refusedAt(a, 'x', 1_733_480_001);
    await b.published('x', 1_733_480_002);
    a.log.restore();
    await a.clock.advance(5000);
    expect(last(store, 'x')).to.equal('1733480002.000000');
    expect(a.telemetry.count('pendingSettled.superseded')).to.equal(1);
  });

  it('does not undo a later one that cannot be compared with it', async () => {
    const { a, b, store } = await pair();
    a.log.interrupt();
    await refusedAt(a, 'x', 9);
    await b.published('x', 1);
    a.log.restore();
    await a.clock.advance(5000);
    expect(last(store, 'x')).to.equal('1');
  });

  it('is appended after a later one that does not cover it', async () => {
    const { a, b, store } = await pair();
    a.log.interrupt();
    await refusedAt(a, 'x', 1_733_480_005);
    await b.published('x', 1_733_480_001);
    a.log.restore();
    await a.clock.advance(5000);
    expect(last(store, 'x')).to.equal('1733480005.000000');
  });

  it('is given up when a newer one is stored through the same instance', async () => {
    const { a, store } = await pair();
    const sound = a.log.append.bind(a.log);
    a.log.append = () => Promise.resolve({ kind: 'unavailable', reason: 'an election' });
    await refusedAt(a, 'x', 1_733_480_001);
    a.log.append = sound;
    const pending = a.container.get(TOKENS.pending);
    expect(pending.size).to.equal(1);
    // No time passes, so no late append has been tried: it is the newer change that settles the older one.
    expect(await a.published('x', 1_733_480_002)).to.equal('stored');
    expect(pending.size).to.equal(0);
    expect(a.telemetry.count('pendingSettled.superseded')).to.equal(1);
    expect(last(store, 'x')).to.equal('1733480002.000000');
  });

  it('is kept for a limited number of environments, and the rest are counted', async () => {
    const { a } = await pair();
    a.log.interrupt();
    for (const key of ['x', 'y', 'z']) await refusedAt(a, key, 1);
    expect(a.container.get(TOKENS.pending).size).to.equal(2);
    expect(a.telemetry.count('pendingSettled.overflowed')).to.equal(1);
  });

  it('is tried again while the log is reachable but refuses it', async () => {
    const { a, store } = await pair();
    a.log.interrupt();
    await refusedAt(a, 'x', 7);
    a.log.loseAnswers(1);
    a.log.restore();
    await a.clock.advance(10_000);
    expect(last(store, 'x')).to.equal('7');
    expect(a.container.get(TOKENS.pending).size).to.equal(0);
  });
});

describe('MemoryLog', () => {
  it('forgets what is past its retention', () => {
    const clock = new StepClock();
    const store = new MemoryStore({ retentionMs: 1000 }, clock);
    const log = new MemoryLog(store, clock);
    store.append(env('a'), time(1));
    expect(store.replay()).to.have.length(1);
    return clock.advance(1000).then(() => {
      expect(store.replay()).to.have.length(0);
      return log.close();
    });
  });
});
