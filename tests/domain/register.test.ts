import { expect } from 'chai';
import fc from 'fast-check';
import { covers, EMPTY_REGISTER, expire, merge, newest, type Register } from '../../domain/register.ts';
import type { Update } from '../../domain/update.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';

const RETENTION_MS = 3_600_000;
const START_MS = 1_733_480_514_000;

function at(value: unknown): UpdatedAt {
  return parseUpdatedAt(value) as UpdatedAt;
}

function update(sequence: number, value: unknown, storedAtMs: number): Update {
  return { sequence, updatedAt: at(value), storedAtMs };
}

function mergeAll(updates: readonly Update[]): Register {
  return updates.reduce(
    (register, next) => merge(expire(register, next.storedAtMs - RETENTION_MS), next, next.storedAtMs),
    EMPTY_REGISTER,
  );
}

describe('the register', () => {
  it('holds the greatest of comparable updates', () => {
    const register = mergeAll([update(1, 1_733_480_000, START_MS), update(2, 1_733_470_000, START_MS + 1)]);
    expect(newest(register)?.sequence).to.equal(1);
    expect(newest(merge(register, update(3, 1_733_480_001, START_MS + 2), START_MS + 2))?.sequence).to.equal(3);
  });

  it('takes the later of two equal ones', () => {
    expect(
      newest(mergeAll([update(1, 1_733_480_000, START_MS), update(2, 1_733_480_000, START_MS)]))?.sequence,
    ).to.equal(2);
  });

  for (const [what, value] of [
    ['a counter', 1],
    ['milliseconds', 3_133_690_620_000],
    ['a time more than a day ahead', START_MS / 1000 + 90_000],
  ] as const)
    it(`takes the last in order when one is ${what}`, () => {
      const real = update(1, 1_733_480_000, START_MS);
      expect(newest(mergeAll([real, update(2, value, START_MS)]))?.sequence).to.equal(2);
      expect(
        newest(mergeAll([real, update(2, value, START_MS), update(3, 1_733_470_000, START_MS)]))?.sequence,
      ).to.equal(3);
    });

  it('falls back to the greatest of what is left when the greatest expires', () => {
    const hour = RETENTION_MS;
    const register = mergeAll([
      update(1, 1_733_480_000, START_MS),
      update(2, 1_733_470_000, START_MS + 1000),
      update(3, 1_733_475_000, START_MS + 2000),
      update(4, 1_733_460_000, START_MS + 3000),
    ]);
    expect(newest(expire(register, START_MS - 1))?.sequence).to.equal(1);
    expect(newest(expire(register, START_MS))?.sequence).to.equal(3);
    expect(newest(expire(register, START_MS + 2000))?.sequence).to.equal(4);
    expect(newest(expire(register, START_MS + hour))).to.equal(undefined);
  });

  it('holds, for any run of updates, what is at least the greatest of the retention time, in bounded memory', () => {
    const runs = fc.array(
      fc.record({ value: fc.integer({ min: 1_733_000_000, max: 1_733_480_000 }), afterMs: fc.nat(900_000) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(runs, fc.nat(RETENTION_MS), (run, laterMs) => {
        let nowMs = START_MS;
        const updates = run.map(({ value, afterMs }, index) => update(index + 1, value, (nowMs += afterMs)));
        const register = mergeAll(updates);
        expect(register.length).to.be.at.most(8);
        const horizonMs = nowMs + laterMs - RETENTION_MS;
        const shown = newest(expire(register, horizonMs));
        const live = updates.filter(({ storedAtMs }) => storedAtMs > horizonMs);
        const greatest = Math.max(...live.map(({ updatedAt }) => Number(updatedAt)));
        if (live.length === 0) expect(shown).to.equal(undefined);
        else expect(Number(shown?.updatedAt)).to.be.at.least(greatest);
        // Where fewer steps than the bound were ever needed, it is that very one.
        if (run.length <= 8 && live.length > 0) expect(Number(shown?.updatedAt)).to.equal(greatest);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('covers', () => {
  it('says whether a later update spares an earlier one', () => {
    expect(covers(at(1_733_480_001), at(1_733_480_000), START_MS)).to.equal(true);
    expect(covers(at(1_733_480_000), at(1_733_480_000), START_MS)).to.equal(true);
    expect(covers(at(1_733_479_999), at(1_733_480_000), START_MS)).to.equal(false);
    expect(covers(at(1), at(1_733_480_000), START_MS)).to.equal(true);
    expect(covers(at(1_733_480_000), at(123), START_MS)).to.equal(true);
  });
});
