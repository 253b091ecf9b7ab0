import { expect } from 'chai';
import fc from 'fast-check';
import { comparableMicros, parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';
import { formatUpdateMessage, parseUpdateMessage } from '../../domain/update-message.ts';

function canonical(value: unknown): UpdatedAt {
  const parsed = parseUpdatedAt(value);
  if (typeof parsed !== 'string') throw new Error(`${String(value)} ${parsed.invalid}`);
  return parsed;
}

const microseconds = fc.bigInt({ min: 0n, max: 253_402_300_799_999_999n });

function isoOf(micros: bigint): { whole: string; fraction: string } {
  const whole = new Date(Number(micros / 1_000_000n) * 1000).toISOString().slice(0, 19);
  return { whole, fraction: String(micros % 1_000_000n).padStart(6, '0') };
}

function secondsOf(micros: bigint): string {
  return `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`;
}

describe('parseUpdatedAt', () => {
  it('keeps every microsecond of a date, of any year from 1970 to 9999', () => {
    fc.assert(
      fc.property(microseconds, (micros) => {
        const { whole, fraction } = isoOf(micros);
        for (const zone of ['', 'Z', '+00:00', '-00:00', '+0000'])
          expect(canonical(`${whole}.${fraction}${zone}`)).to.equal(secondsOf(micros));
      }),
    );
  });

  it('converts a time with an offset to UTC', () => {
    const offsets = fc.record({ sign: fc.constantFrom(1, -1), hours: fc.nat(23), minutes: fc.nat(59) });
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 12n, max: 4n * 10n ** 15n }), offsets, (micros, { sign, hours, minutes }) => {
        const shift = BigInt(sign * (hours * 3600 + minutes * 60)) * 1_000_000n;
        const { whole, fraction } = isoOf(micros + shift);
        const zone = `${sign > 0 ? '+' : '-'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
        expect(canonical(`${whole}.${fraction}${zone}`)).to.equal(secondsOf(micros));
      }),
    );
  });

  it('knows every day of the calendar, and no other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1970, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const two = (value: number): string => String(value).padStart(2, '0');
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists =
            date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
          const parsed = parseUpdatedAt(`${year}-${two(month)}-${two(day)}T00:00:00Z`);
          expect(typeof parsed === 'string').to.equal(exists);
          if (exists) expect(parsed).to.equal(`${date.getTime() / 1000}.000000`);
        },
      ),
      { numRuns: 2000 },
    );
    for (const [year, leaps] of [
      [1972, true],
      [1900 + 200, false],
      [2000, true],
      [2023, false],
      [2400, true],
    ] as const)
      expect(typeof parseUpdatedAt(`${year}-02-29T00:00:00Z`) === 'string').to.equal(leaps);
  });

  it('drops the digits past the sixth, without rounding', () => {
    expect(canonical('2024-12-06T10:21:54.079725999Z')).to.equal('1733480514.079725');
    expect(canonical('2024-12-06T10:21:54.9999999Z')).to.equal('1733480514.999999');
    expect(canonical('2024-12-06T10:21:54.5Z')).to.equal('1733480514.500000');
    expect(parseUpdatedAt('2024-12-06T10:21:54.1234567890Z')).to.have.property('invalid');
  });

  it('refuses a time before 1970, whatever the offset says', () => {
    expect(canonical('1969-12-31T23:30:00-01:00')).to.equal('1800.000000');
    for (const text of ['1970-01-01T00:30:00+01:00', '0070-01-01T00:00:00Z', '1969-12-31T23:59:59Z'])
      expect(parseUpdatedAt(text), text).to.have.property('invalid');
  });

  it('gives a number its six decimals where it is epoch seconds, and else its shortest text', () => {
    const numbers = fc.oneof(
      fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
      fc.double({ min: 1e9, max: 1e11, maxExcluded: true, noNaN: true }),
      fc.maxSafeNat(),
    );
    fc.assert(
      fc.property(numbers, (value) => {
        const text = canonical(value);
        expect(text).to.match(/^\d+(\.\d+)?$/);
        if (value >= 1e9 && value < 1e11) expect(text).to.equal(value.toFixed(6));
        else expect(Number(text)).to.equal(value);
      }),
    );
  });

  it('is a fixed point: the canonical text is its own canonical text, as a value and in a message', () => {
    const values = fc.oneof(
      fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
      fc.double({ min: 1e9, max: 1e11, noNaN: true }),
      microseconds.map((micros) => `${isoOf(micros).whole}.${isoOf(micros).fraction}`),
    );
    fc.assert(
      fc.property(values, (value) => {
        const text = canonical(value);
        expect(canonical(text)).to.equal(text);
        expect(parseUpdateMessage(formatUpdateMessage(text))).to.equal(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws, and never makes what is no JSON number', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseUpdatedAt(value);
        if (typeof parsed === 'string') expect(Number.isFinite(JSON.parse(parsed))).to.equal(true);
        else expect(parsed.invalid).to.be.a('string');
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseUpdateMessage(text)));
  });
});

describe('parseUpdateMessage', () => {
  it('reads the plain shape just as it reads any other JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)), (value) => {
        const plain = parseUpdateMessage(JSON.stringify({ updated_at: value }));
        const detour = parseUpdateMessage(JSON.stringify({ updated_at: value, more: 1 }));
        expect(plain).to.deep.equal(detour);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses numbers that JSON does not have', () => {
    for (const literal of ['01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity'])
      expect(parseUpdateMessage(`{"updated_at":${literal}}`), literal).to.have.property('field', 'body');
  });
});

describe('comparableMicros', () => {
  const nowMs = 1_733_480_514_000;

  it('compares epoch seconds up to a day ahead of the clock, and nothing else', () => {
    expect(comparableMicros(canonical('2024-12-06T10:21:54.079725Z'), nowMs)).to.equal(1_733_480_514_079_725);
    expect(comparableMicros(canonical(nowMs / 1000 + 86_400), nowMs)).to.be.a('number');
    expect(comparableMicros(canonical(nowMs / 1000 + 86_401), nowMs)).to.equal(undefined);
    for (const value of [1, 123, 3_133_690_620_000, 123.5])
      expect(comparableMicros(canonical(value), nowMs), String(value)).to.equal(undefined);
  });

  it('keeps the order of the times', () => {
    const past = fc.bigInt({ min: 0n, max: BigInt(nowMs) * 1000n });
    fc.assert(
      fc.property(past, past, (one, other) => {
        const [first, second] = [one, other].map(
          (micros) => comparableMicros(canonical(secondsOf(micros)), nowMs) ?? NaN,
        );
        expect(Math.sign(Number(first) - Number(second))).to.equal(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
  });
});
