import assert from 'node:assert/strict';
import type { AppendOutcome, UpdateLog } from '../../application/ports/update-log.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';
import { Patience } from './patience.ts';
import { RecordedFollower } from './recorded-follower.ts';
import type { TestRunner } from './test-runner.ts';
import type { UpdateLogWorld } from './update-log-world.ts';

/**
 * Declares what every update log must do, one case per guarantee of the port. It runs on real time, because its worlds
 * contain servers.
 *
 * ```ts
 * import { describe, it } from 'node:test'; // or from mocha
 * import { updateLogContract } from 'halyard/contract';
 *
 * updateLogContract({ describe, it }, myLogWorld);
 * ```
 *
 * @param makeWorld makes a world with an empty store; it is called once per case
 */
export function updateLogContract(
  { describe, it }: TestRunner,
  makeWorld: () => UpdateLogWorld | Promise<UpdateLogWorld>,
): void {
  describe('keeps the contract of an update log', () => {
    for (const [title, check] of Object.entries(CASES))
      it(title, async () => {
        const world = await makeWorld();
        try {
          await check(new Scene(world));
        } finally {
          await world.close();
        }
      });
  });
}

const APPEND = { timeoutMs: 10_000 };
/** How far the store's clock may be from this one, in milliseconds. */
const CLOCKS_MS = 1000;
/** On a busy machine, a log that should settle in milliseconds gets this long. */
const SETTLES_MS = 5000;
const REPLAYED = 300;
const AT_ONCE = 100;
const ROUNDS = 20;

/** A world, with the steps that most cases share. */
class Scene {
  readonly world: UpdateLogWorld;
  readonly patience: Patience;

  constructor(world: UpdateLogWorld) {
    this.world = world;
    this.patience = new Patience(world.patienceMs);
  }

  follow(log: UpdateLog): RecordedFollower {
    const follower = new RecordedFollower(this.patience);
    log.follow(follower);
    return follower;
  }

  /** A log that is reachable, with its follower: an append that has to wait for its log is refused. */
  async ready(): Promise<{ readonly log: UpdateLog; readonly follower: RecordedFollower }> {
    const log = this.world.open();
    const follower = this.follow(log);
    await follower.untilCaughtUp();
    return { log, follower };
  }

  /** A follower that starts only now. */
  async later(): Promise<RecordedFollower> {
    return (await this.ready()).follower;
  }

  async interrupted(...followers: readonly RecordedFollower[]): Promise<void> {
    await this.world.interrupt();
    for (const follower of followers) await follower.untilLost();
  }
}

const [home, office] = [environment('home'), environment('office')];

const CASES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async 'follows an empty log as an epoch that is caught up'(scene) {
    const { follower } = await scene.ready();
    assert.deepEqual(kinds(follower), ['started', 'caughtUp']);
  },

  async 'states how long it keeps updates'(scene) {
    const { follower } = await scene.ready();
    const [started] = follower.calls;
    assert.equal(started?.kind === 'started' ? started.keptMs : undefined, scene.world.keptMs);
  },

  async 'delivers what is stored to every follower, in log order'(scene) {
    const [first, second] = [await scene.ready(), await scene.ready()];
    for (const [{ log }, value] of [
      [first, 1],
      [second, 2],
      [first, 3],
    ] as const) {
      sequenceOf(await log.append(home, at(value), APPEND));
      // One at a time: a log may keep only the last of an environment, and skip one that was replaced at once.
      for (const { follower } of [first, second]) await follower.untilLast(home, String(value));
    }
    for (const { follower } of [first, second]) {
      assert.deepEqual(follower.values(home), ['1', '2', '3']);
      follower.checkOrder();
    }
  },

  async 'answers an append with the sequence that its update is delivered with, and sequences increase'(scene) {
    const { log, follower } = await scene.ready();
    const sequences: number[] = [];
    for (const value of [5, 4, 6]) {
      sequences.push(sequenceOf(await log.append(home, at(value), APPEND)));
      await follower.untilLast(home, String(value));
    }
    assert.deepEqual(
      follower.updates(home).map(({ sequence }) => sequence),
      sequences,
    );
    assert.deepEqual(sequences, ascending(sequences));
  },

  async 'dates an update by the time it was stored'(scene) {
    const { log, follower } = await scene.ready();
    const beforeMs = Date.now();
    await log.append(home, at(1), APPEND);
    await follower.untilLast(home, '1');
    const storedAtMs = follower.updates(home)[0]?.storedAtMs ?? NaN;
    assertWithin(storedAtMs, beforeMs - CLOCKS_MS, Date.now() + CLOCKS_MS);
  },

  async 'replays the last update of each environment to a later follower, which is then caught up'(scene) {
    const { log } = await scene.ready();
    for (const value of [1, 2, 3]) await log.append(home, at(value), APPEND);
    await log.append(office, at(9), APPEND);
    const later = await scene.later();
    assert.deepEqual(later.values(home), ['3']);
    assert.deepEqual(later.values(office), ['9']);
    assert.equal(kinds(later).at(-1), 'caughtUp');
  },

  async 'replays hundreds of environments before it is caught up'(scene) {
    const { log } = await scene.ready();
    const names = Array.from({ length: REPLAYED }, (_, index) => environment(`e${index}`));
    await Promise.all(names.map((each, index) => log.append(each, at(index), APPEND)));
    const later = await scene.later();
    for (const [index, each] of names.entries()) assert.deepEqual(later.values(each), [String(index)]);
  },

  async 'stores many appends of one environment at once, and delivers the last of them'(scene) {
    const { log, follower } = await scene.ready();
    const outcomes = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, value) => log.append(home, at(value), APPEND)),
    );
    assert.equal(new Set(outcomes.map(sequenceOf)).size, AT_ONCE);
    const later = await scene.later();
    await follower.untilLast(home, later.values(home).at(-1) ?? 'nothing');
    follower.checkOrder();
  },

  async 'compares the expected sequence with the last one of the same environment, whatever others received'(scene) {
    const log = scene.world.open();
    const first = sequenceOf(await log.append(home, at(1), { ...APPEND, expectedSequence: 0 }));
    sequenceOf(await log.append(office, at(9), { ...APPEND, expectedSequence: 0 }));
    const second = sequenceOf(await log.append(home, at(2), { ...APPEND, expectedSequence: first }));
    const last = lastOf(await log.append(home, at(3), { ...APPEND, expectedSequence: first }));
    assert.deepEqual([last?.sequence, last?.updatedAt], [second, '2']);
    assert.equal((await scene.later()).values(home).at(-1), '2');
  },

  async 'stores an update that expects no earlier one only if there is none'(scene) {
    const { log } = await scene.ready();
    const first = sequenceOf(await log.append(home, at(1), APPEND));
    const last = lastOf(await log.append(home, at(2), { ...APPEND, expectedSequence: 0 }));
    assert.deepEqual([last?.sequence, last?.updatedAt], [first, '1']);
  },

  async 'stores one of two appends that expect the same sequence'(scene) {
    const [{ log }, { log: other }] = [await scene.ready(), await scene.ready()];
    let expectedSequence = sequenceOf(await log.append(home, at(0), APPEND));
    for (let round = 0; round < ROUNDS; round++) {
      const append = { ...APPEND, expectedSequence };
      const outcomes = await Promise.all([log.append(home, at(1), append), other.append(home, at(2), append)]);
      assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['conflict', 'stored']);
      for (const outcome of outcomes) if (outcome.kind === 'stored') expectedSequence = outcome.sequence;
    }
  },

  async 'reports in a conflict that an environment has no update'(scene) {
    const outcome = await scene.world.open().append(home, at(1), { ...APPEND, expectedSequence: 7 });
    assert.equal(lastOf(outcome), undefined);
  },

  async 'delivers a repair with the time of its original, also to a later follower'(scene) {
    const { log, follower } = await scene.ready();
    const { expectedSequence, firstStoredAtMs } = await original(log, follower);
    sequenceOf(await log.append(home, at(3), { ...APPEND, expectedSequence, firstStoredAtMs }));
    await follower.untilLast(home, '3');
    for (const each of [follower, await scene.later()]) assertRepair(each.updates(home).at(-1), '3', firstStoredAtMs);
  },

  async 'marks a repair as a repair in a conflict'(scene) {
    const { log, follower } = await scene.ready();
    const { expectedSequence, firstStoredAtMs } = await original(log, follower);
    const repair = { ...APPEND, expectedSequence, firstStoredAtMs };
    sequenceOf(await log.append(home, at(3), repair));
    assertRepair(lastOf(await log.append(home, at(4), repair)), '3', firstStoredAtMs);
  },

  async 'treats a repair that claims an impossible age as an ordinary update'(scene) {
    const { log, follower } = await scene.ready();
    await log.append(home, at(1), { ...APPEND, firstStoredAtMs: Date.now() + 60_000 });
    await log.append(office, at(1), { ...APPEND, firstStoredAtMs: 1.5 });
    await Promise.all([home, office].map((each) => follower.untilLast(each, '1')));
    for (const each of [home, office]) {
      const update = follower.updates(each)[0];
      assert.equal(update?.isRepair, undefined);
      assertWithin(update?.storedAtMs ?? NaN, Date.now() - 30_000, Date.now() + CLOCKS_MS);
    }
  },

  async 'never calls a follower in the turn in which follow is called'(scene) {
    const follower = scene.follow(scene.world.open());
    await manyMicrotasks();
    assert.deepEqual(kinds(follower), []);
    await follower.untilCaughtUp();
  },

  async 'never calls a follower in the turn in which append is called'(scene) {
    const { log, follower } = await scene.ready();
    const before = follower.calls.length;
    const appended = log.append(home, at(1), APPEND);
    await manyMicrotasks();
    assert.equal(follower.calls.length, before);
    await appended;
    await follower.untilLast(home, '1');
  },

  async 'settles an append by its time-out while it is unreachable'(scene) {
    const { log } = await scene.ready();
    await scene.world.interrupt();
    const settles = new Patience(Math.min(SETTLES_MS, scene.patience.ms));
    const outcome = await settles.within('the append to settle', log.append(home, at(1), { timeoutMs: 300 }));
    assert.equal(outcome.kind, 'unavailable');
  },

  async 'reports whether it is reachable'(scene) {
    const { log, follower } = await scene.ready();
    assert.equal(log.status().connected, true);
    await scene.interrupted(follower);
    assert.equal(log.status().connected, false);
    await scene.world.restore();
    await follower.untilCaughtUp();
    assert.equal(log.status().connected, true);
  },

  async 'begins a new epoch after an interruption, with the last update of each environment'(scene) {
    const { log, follower } = await scene.ready();
    await log.append(home, at(1), APPEND);
    await follower.untilLast(home, '1');
    await scene.interrupted(follower);
    const before = follower.calls.length;
    await scene.world.restore();
    await follower.untilCaughtUp();
    assert.deepEqual(kinds(follower).slice(before), ['started', 'updated', 'caughtUp']);
    const [first, replayed] = follower.updates(home);
    assert.deepEqual(replayed, first);
    follower.checkOrder();
  },

  async 'stores and delivers again after an interruption'(scene) {
    const { log, follower } = await scene.ready();
    await scene.interrupted(follower);
    await scene.world.restore();
    await follower.untilCaughtUp();
    sequenceOf(await log.append(home, at(2), APPEND));
    await follower.untilLast(home, '2');
    follower.checkOrder();
  },

  async 'settles what is in flight when it is closed'(scene) {
    const { log, follower } = await scene.ready();
    await scene.interrupted(follower);
    const inFlight = log.append(home, at(1), { timeoutMs: 60_000 });
    await log.close();
    const outcome = await scene.patience.within('the append to settle', inFlight);
    assert.equal(outcome.kind, 'unavailable');
  },

  async 'calls no follower after it is closed'(scene) {
    const [reachable, cutOff] = [await scene.ready(), await scene.ready()];
    await reachable.log.close();
    await scene.interrupted(cutOff.follower);
    await cutOff.log.close();
    const followers = [reachable.follower, cutOff.follower];
    const before = followers.map(({ calls }) => calls.length);
    await scene.world.restore();
    const witness = await scene.ready();
    await witness.log.append(home, at(2), APPEND);
    await witness.follower.untilLast(home, '2');
    assert.deepEqual(
      followers.map(({ calls }) => calls.length),
      before,
    );
  },
};

/** An update that a repair can replace, and what the repair states about it. */
async function original(
  log: UpdateLog,
  follower: RecordedFollower,
): Promise<{ readonly expectedSequence: number; readonly firstStoredAtMs: number }> {
  const expectedSequence = sequenceOf(await log.append(home, at(2), APPEND));
  await follower.untilLast(home, '2');
  return { expectedSequence, firstStoredAtMs: (follower.updates(home)[0]?.storedAtMs ?? NaN) - 60_000 };
}

function kinds(follower: RecordedFollower): readonly string[] {
  return follower.calls.map(({ kind }) => kind);
}

function environment(text: string): EnvironmentId {
  const id = parseEnvironmentId(text);
  assert.ok(id !== undefined, `no environment: ${text}`);
  return id;
}

function at(value: number): UpdatedAt {
  const parsed = parseUpdatedAt(value);
  assert.ok(typeof parsed === 'string', `no time: ${value}`);
  return parsed;
}

function sequenceOf(outcome: AppendOutcome): number {
  if (outcome.kind === 'stored') return outcome.sequence;
  return assert.fail(`not stored: ${JSON.stringify(outcome)}`);
}

/** The last update, as a conflict reports it. */
function lastOf(outcome: AppendOutcome): Update | undefined {
  if (outcome.kind === 'conflict') return outcome.last;
  return assert.fail(`no conflict: ${JSON.stringify(outcome)}`);
}

function assertRepair(update: Update | undefined, value: string, firstStoredAtMs: number): void {
  assert.deepEqual([update?.updatedAt, update?.storedAtMs, update?.isRepair], [value, firstStoredAtMs, true]);
}

function ascending(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function assertWithin(value: number, from: number, to: number): void {
  assert.ok(value >= from && value <= to, `${value} is not between ${from} and ${to}`);
}

async function manyMicrotasks(): Promise<void> {
  for (let microtask = 0; microtask < 100; microtask++) await Promise.resolve();
}
