import { expect } from 'chai';
import fc from 'fast-check';
import { covers, EMPTY_REGISTER, expire, merge, newest, type Register } from '../../domain/register.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';
import { anUpdate } from '../support/memory/an-update.ts';
import { ReferenceRegister } from '../support/memory/reference-register.ts';

const NOW_MS = 1_733_480_000_000;
const DAY_SECONDS = 86_400;

/** The value that a new subscriber receives after these updates, applied in this order at the same time. */
function after(...values: string[]): string | undefined {
  let register: Register = EMPTY_REGISTER;
  values.forEach((value, position) => (register = merge(register, anUpdate(position + 1, value, NOW_MS), NOW_MS)));
  return newest(register)?.updatedAt;
}

/** Epoch seconds, the given number of seconds before the clock. */
function ago(seconds: number): string {
  return `${NOW_MS / 1000 - seconds}.000000`;
}

describe('The register', () => {
  it('shows the greatest of the epoch seconds, in any order of arrival', () => {
    expect(after(ago(3), ago(1), ago(2))).to.equal(ago(1));
    expect(after('999999999.999999', '1000000000.000000')).to.equal('1000000000.000000');
    expect(after('1733480000.000002', '1733480000.000001')).to.equal('1733480000.000002');
  });

  it('shows the last where the values cannot be compared', () => {
    expect(after('3', '1', '2')).to.equal('2');
    expect(after(ago(1), '123')).to.equal('123');
    expect(after('3133690620000', ago(1), ago(2))).to.equal(ago(1));
  });

  it('lets no time further ahead than a day outrank what follows', () => {
    expect(after(ago(-DAY_SECONDS), ago(1))).to.equal(ago(-DAY_SECONDS));
    expect(after(ago(-DAY_SECONDS - 1), ago(1))).to.equal(ago(1));
  });

  it('keeps the later of equal values, because it lives longer', () => {
    const first = merge(EMPTY_REGISTER, anUpdate(1, ago(1), NOW_MS), NOW_MS);
    const register = merge(first, anUpdate(2, ago(1), NOW_MS + 10), NOW_MS);
    expect(newest(register)?.sequence).to.equal(2);
    expect(newest(expire(register, NOW_MS + 9))?.sequence).to.equal(2);
  });

  it('shows what is left when the greatest has expired', () => {
    let register = merge(EMPTY_REGISTER, anUpdate(1, ago(1), NOW_MS), NOW_MS);
    register = merge(register, anUpdate(2, ago(3), NOW_MS + 10), NOW_MS);
    register = merge(register, anUpdate(3, ago(2), NOW_MS + 20), NOW_MS);
    const shown = [NOW_MS - 1, NOW_MS, NOW_MS + 10, NOW_MS + 20].map((ms) => newest(expire(register, ms))?.updatedAt);
    expect(shown).to.deep.equal([ago(1), ago(2), ago(2), undefined]);
  });

  it('is bounded: at the bound the greater value lives on for the smaller one', () => {
    let register = EMPTY_REGISTER;
    for (let step = 0; step < 1000; step++)
      register = merge(register, anUpdate(step + 1, ago(step), NOW_MS + step), NOW_MS + step);
    expect(register.length).to.equal(8);
    expect(newest(register)?.updatedAt).to.equal(ago(0));
    expect(
      covers(newest(expire(register, NOW_MS + 900))?.updatedAt as UpdatedAt, ago(999) as UpdatedAt, NOW_MS),
    ).to.equal(true);
    expect(newest(expire(register, NOW_MS + 999))).to.equal(undefined);
  });

  it('agrees with the plain rule for any sequence of updates', () => {
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -DAY_SECONDS - 3, max: 20 }).map(ago) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 200 }).map(String) },
    );
    const told = fc.array(fc.tuple(value, fc.nat(400)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(told, fc.nat(1000), (updates, retentionMs) => {
        let [register, nowMs] = [EMPTY_REGISTER, NOW_MS];
        const reference = new ReferenceRegister();
        updates.forEach(([updatedAt, passedMs], position) => {
          nowMs += passedMs;
          const update = anUpdate(position + 1, updatedAt, nowMs);
          register = merge(expire(register, nowMs - retentionMs), update, nowMs);
          reference.take(update, nowMs);
          for (const horizonMs of [nowMs - retentionMs, nowMs - retentionMs / 2]) {
            const [shown, expected] = [newest(expire(register, horizonMs)), reference.newest(horizonMs)];
            // At its bound the register may show a greater value for longer.
            if (register.length < 8) expect(shown).to.equal(expected);
            else if (expected !== undefined)
              expect(covers(shown?.updatedAt as UpdatedAt, expected.updatedAt, nowMs)).to.equal(true);
          }
        });
      }),
      { numRuns: 1000 },
    );
  });
});

function text(value: number): UpdatedAt {
  return parseUpdatedAt(value) as UpdatedAt;
}

describe('covers', () => {
  it('says whether a later update makes an earlier one unnecessary', () => {
    expect(covers(text(1_733_480_001), text(1_733_480_000), NOW_MS)).to.equal(true);
    expect(covers(text(1_733_480_000), text(1_733_480_000), NOW_MS)).to.equal(true);
    expect(covers(text(1_733_479_999), text(1_733_480_000), NOW_MS)).to.equal(false);
    expect(covers(text(1), text(1_733_480_000), NOW_MS)).to.equal(true);
    expect(covers(text(1_733_480_000), text(123), NOW_MS)).to.equal(true);
  });
});
