import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppendOutcome, UpdateLog } from '../../application/ports/update-log.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';
import { RecordedFollower } from '../support/recorded-follower.ts';

/** One shared store that keeps updates for an hour, the logs on it, and whatever lies between them. */
export interface LogWorld {
  /** Another log on the shared store, as another instance has one. */
  open(): UpdateLog;
  /** No log can be reached any more. */
  interrupt(): Promise<void>;
  restore(): Promise<void>;
  /** Closes what is left. */
  close(): Promise<void>;
}

const APPEND = { timeoutMs: 10_000 };

/** What every update log must do. Runs on real time: its worlds have servers in them. */
export function describeUpdateLogContract(name: string, makeWorld: () => Promise<LogWorld>): void {
  describe(`${name} keeps the contract of an update log`, () => {
    let world: LogWorld;
    const [home, office] = [environment('home'), environment('office')];

    beforeEach(async () => {
      world = await makeWorld();
    });

    afterEach(() => world.close());

    /** A log that can be reached: an append that has to wait for it is refused. */
    async function ready(): Promise<{ readonly log: UpdateLog; readonly follower: RecordedFollower }> {
      const log = world.open();
      const follower = following(log);
      await follower.untilCaughtUp();
      return { log, follower };
    }

    it('tells an empty log as an epoch that is caught up', async () => {
      const follower = following(world.open());
      await follower.untilCaughtUp();
      expect(follower.told.map((told) => told.kind)).to.deep.equal(['started', 'caughtUp']);
      expect(follower.told[0], 'how long it keeps updates').to.have.property('keptMs', 3_600_000);
    });

    it('tells what is stored to every follower, in log order', async () => {
      const [first, second] = [world.open(), world.open()];
      const followers = [following(first), following(second)];
      for (const follower of followers) await follower.untilCaughtUp();
      for (const [log, value] of [
        [first, 1],
        [second, 2],
        [first, 3],
      ] as const) {
        expect((await log.append(home, at(value), APPEND)).kind).to.equal('stored');
        // One at a time: a log may keep the last of an environment only, and skip what was replaced in no time.
        for (const follower of followers) await follower.untilLast(home, String(value));
      }
      for (const follower of followers) {
        expect(follower.values(home)).to.deep.equal(['1', '2', '3']);
        follower.checkOrder();
      }
    });

    it('gives each update the sequence under which followers hear it, and later ones a greater', async () => {
      const { log, follower } = await ready();
      const sequences: number[] = [];
      for (const value of [5, 4, 6]) sequences.push(sequenceOf(await log.append(home, at(value), APPEND)));
      await follower.untilLast(home, '6');
      expect(sequences).to.deep.equal([...sequences].sort((a, b) => a - b));
      expect(new Set(sequences).size).to.equal(3);
      expect(follower.updates(home).at(-1)?.sequence).to.equal(sequences.at(-1));
    });

    it('dates an update by when it was stored', async () => {
      const { log, follower } = await ready();
      const beforeMs = Date.now();
      await log.append(home, at(1), APPEND);
      await follower.untilLast(home, '1');
      expect(follower.updates(home)[0]?.storedAtMs).to.be.within(beforeMs - 5, Date.now() + 5);
    });

    it('tells whoever comes later the last update of each environment, and then that it is caught up', async () => {
      const { log } = await ready();
      for (const value of [1, 2, 3]) await log.append(home, at(value), APPEND);
      await log.append(office, at(9), APPEND);
      const follower = following(world.open());
      await follower.untilCaughtUp();
      expect(follower.values(home)).to.deep.equal(['3']);
      expect(follower.values(office)).to.deep.equal(['9']);
      expect(follower.told.at(-1)?.kind).to.equal('caughtUp');
    });

    it('replays hundreds of environments before it is caught up', async () => {
      const { log } = await ready();
      const names = Array.from({ length: 300 }, (_, index) => environment(`e${index}`));
      await Promise.all(names.map((each, index) => log.append(each, at(index), APPEND)));
      const follower = following(world.open());
      await follower.untilCaughtUp();
      for (const [index, each] of names.entries()) expect(follower.values(each)).to.deep.equal([String(index)]);
    });

    it('takes many appends at once', async () => {
      const { log, follower } = await ready();
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, (_, value) => log.append(home, at(value), APPEND)),
      );
      const greatest = Math.max(...outcomes.map(sequenceOf));
      const last = outcomes.findIndex((outcome) => sequenceOf(outcome) === greatest);
      await follower.untilLast(home, String(last));
      follower.checkOrder();
    });

    it('stores on condition of the last sequence', async () => {
      const log = world.open();
      const first = sequenceOf(await log.append(home, at(1), { ...APPEND, expectedSequence: 0 }));
      const second = sequenceOf(await log.append(home, at(2), { ...APPEND, expectedSequence: first }));
      const late = await log.append(home, at(3), { ...APPEND, expectedSequence: first });
      if (late.kind !== 'conflict') throw new Error(`stored over a newer one: ${JSON.stringify(late)}`);
      expect(late.last).to.include({ sequence: second, updatedAt: '2' });
      const follower = following(world.open());
      await follower.untilCaughtUp();
      expect(follower.values(home)).to.deep.equal(['2']);
    });

    it('delivers a repair with the time of its original, also to followers that come later', async () => {
      const { log, follower } = await ready();
      const first = sequenceOf(await log.append(home, at(2), APPEND));
      await follower.untilLast(home, '2');
      const storedAtMs = follower.updates(home)[0]?.storedAtMs ?? 0;
      const firstStoredAtMs = storedAtMs - 60_000;
      const repair = { ...APPEND, expectedSequence: first, firstStoredAtMs };
      const sequence = sequenceOf(await log.append(home, at(3), repair));
      await follower.untilLast(home, '3');
      const later = following(world.open());
      await later.untilCaughtUp();
      const delivered = { sequence, updatedAt: '3', storedAtMs: firstStoredAtMs, isRepair: true };
      for (const each of [follower, later]) expect(each.updates(home).at(-1)).to.deep.equal(delivered);
      const conflict = await log.append(home, at(4), repair);
      expect(conflict).to.deep.equal({ kind: 'conflict', last: delivered });
    });

    it('takes for an ordinary update what claims to be older than it can be', async () => {
      const { log, follower } = await ready();
      await log.append(home, at(1), { ...APPEND, firstStoredAtMs: Date.now() + 60_000 });
      await log.append(office, at(1), { ...APPEND, firstStoredAtMs: 1.5 });
      await Promise.all([home, office].map((each) => follower.untilLast(each, '1')));
      for (const each of [home, office]) {
        expect(follower.updates(each)[0]).to.not.have.property('isRepair');
        expect(follower.updates(each)[0]?.storedAtMs).to.be.within(Date.now() - 30_000, Date.now() + 5);
      }
    });

    it('says of an environment that has no update that it has none', async () => {
      const log = world.open();
      const outcome = await log.append(home, at(1), { ...APPEND, expectedSequence: 7 });
      expect(outcome).to.deep.equal({ kind: 'conflict', last: undefined });
    });

    it('never calls a follower inside the turn of append or follow', async () => {
      const log = world.open();
      const follower = new RecordedFollower();
      log.follow(follower);
      for (let microtask = 0; microtask < 100; microtask++) await Promise.resolve();
      expect(follower.told).to.have.length(0);
      await follower.untilCaughtUp();
      const before = follower.told.length;
      const appended = log.append(home, at(1), APPEND);
      for (let microtask = 0; microtask < 100; microtask++) await Promise.resolve();
      expect(follower.told).to.have.length(before);
      await appended;
      await follower.untilLast(home, '1');
    });

    it('settles an append by its time-out while it cannot be reached', async () => {
      const { log } = await ready();
      await world.interrupt();
      const startedMs = performance.now();
      const outcome = await log.append(home, at(1), { timeoutMs: 300 });
      expect(outcome.kind).to.equal('unavailable');
      expect(performance.now() - startedMs).to.be.below(5000);
    });

    it('begins a new epoch after an interruption, with the last update of each environment', async () => {
      const { log, follower } = await ready();
      await log.append(home, at(1), APPEND);
      await follower.untilLast(home, '1');
      await world.interrupt();
      await follower.untilLost('disconnected');
      const told = follower.told.length;
      await world.restore();
      await follower.untilCaughtUp();
      const replay = follower.told.slice(told);
      expect(replay.map(({ kind }) => kind)).to.deep.equal(['started', 'updated', 'caughtUp']);
      expect(new Set(follower.updates(home).map((update) => JSON.stringify(update))).size).to.equal(1);
      follower.checkOrder();
    });

    it('goes on after an interruption', async () => {
      const { log, follower } = await ready();
      await world.interrupt();
      await follower.untilLost('disconnected');
      await world.restore();
      await follower.untilCaughtUp();
      expect((await log.append(home, at(2), APPEND)).kind).to.equal('stored');
      await follower.untilLast(home, '2');
      follower.checkOrder();
    });

    it('tells nothing after it was closed, and settles what was under way', async () => {
      const [log, other] = [world.open(), world.open()];
      const follower = following(log);
      await follower.untilCaughtUp();
      await world.interrupt();
      await follower.untilLost('disconnected');
      const hanging = log.append(home, at(1), { timeoutMs: 60_000 });
      await log.close();
      expect((await hanging).kind).to.equal('unavailable');
      const told = follower.told.length;
      await world.restore();
      const witness = following(other);
      await witness.untilCaughtUp();
      await other.append(home, at(2), APPEND);
      await witness.untilLast(home, '2');
      expect(follower.told).to.have.length(told);
    });
  });
}

function following(log: UpdateLog): RecordedFollower {
  const follower = new RecordedFollower();
  log.follow(follower);
  return follower;
}

function environment(text: string): EnvironmentId {
  const id = parseEnvironmentId(text);
  if (id === undefined) throw new Error(`no environment: ${text}`);
  return id;
}

function at(value: number): UpdatedAt {
  const parsed = parseUpdatedAt(value);
  if (typeof parsed !== 'string') throw new Error(parsed.invalid);
  return parsed;
}

function sequenceOf(outcome: AppendOutcome): number {
  if (outcome.kind !== 'stored') throw new Error(`not stored: ${JSON.stringify(outcome)}`);
  return outcome.sequence;
}
