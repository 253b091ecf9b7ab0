declare const brand: unique symbol;

/**
 * When an environment last changed, as the canonical decimal text that goes into the log and onto the wire
 * (`1733480514.079725`, `123`): a JSON number that no re-encoding can round.
 */
export type UpdatedAt = string & { readonly [brand]: 'UpdatedAt' };

/** Why a value is not an `updated_at`, in words for the caller. */
export interface Invalid {
  readonly invalid: string;
}

const ISO_DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):?(\d{2}))?$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;
const EPOCH_SECONDS = /^(?:0|[1-9]\d{0,15})\.\d{6}$/;

const DAY_SECONDS = 86_400;

/**
 * Reads every form of an `updated_at`: an ISO 8601 date and time (Python's `isoformat()`), a number, or a string of
 * digits. Dates become epoch seconds with six decimals by integer arithmetic, because a `Date` would drop the
 * microseconds that the API sends. The result is a fixed point: reading it again gives the same text.
 *
 * @param value a value from JSON; a JSON number may also be given as its literal text, which keeps all its digits
 */
export function parseUpdatedAt(value: unknown): UpdatedAt | Invalid {
  switch (typeof value) {
    case 'number':
      return fromNumber(value);
    case 'string':
      if (EPOCH_SECONDS.test(value)) return fromEpochSeconds(value);
      if (DECIMAL.test(value)) return fromNumber(Number(value));
      return fromIso(value);
    case 'undefined':
      return { invalid: 'is missing' };
    default:
      return { invalid: `must be a date and time or a number, not ${describe(value)}` };
  }
}

/**
 * The microseconds since 1970 by which two updates can be compared, or undefined if the value is not a meaningful time:
 * a number without six decimals (milliseconds, a counter), or a time more than a day ahead of the clock, which would
 * outrank every genuine update after it.
 *
 * @param nowMs the clock, in milliseconds since 1970
 */
export function comparableMicros(updatedAt: UpdatedAt, nowMs: number): number | undefined {
  const point = updatedAt.length - 7;
  if (point < 1 || updatedAt.charCodeAt(point) !== 46 /* . */) return undefined;
  const seconds = Number(updatedAt.slice(0, point));
  if (seconds > nowMs / 1000 + DAY_SECONDS) return undefined;
  return seconds * 1_000_000 + Number(updatedAt.slice(point + 1));
}

function fromNumber(value: number): UpdatedAt | Invalid {
  if (!Number.isFinite(value)) return { invalid: 'must be a finite number' };
  if (value < 0) return { invalid: 'must not be negative' };
  if (value > 2 ** 53) return { invalid: 'must not be greater than 2^53' };
  // Present-day epoch seconds always get six decimals: the Flutter SDK drops a number without a decimal point.
  if (value >= 1e9 && value < 1e11) return value.toFixed(6) as UpdatedAt;
  return shortestDecimal(value) as UpdatedAt;
}

/** A literal with exactly six decimals is canonical already; a double could not hold all its digits. */
function fromEpochSeconds(literal: string): UpdatedAt | Invalid {
  return Number(literal) > 2 ** 53 ? { invalid: 'must not be greater than 2^53' } : (literal as UpdatedAt);
}

function fromIso(text: string): UpdatedAt | Invalid {
  const match = ISO_DATE_TIME.exec(text);
  if (match === null) return { invalid: 'is not an ISO 8601 date and time' };
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return { invalid: 'is not a valid date' };
  if (hour > 23 || minute > 59 || second > 59) return { invalid: 'is not a valid time of day' };
  const offset = offsetSeconds(match[8], match[9], match[10]);
  if (offset === undefined) return { invalid: 'has an invalid UTC offset' };
  // Whole seconds fit a double exactly; the fraction stays text, so no digit of it is ever rounded.
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset;
  // An offset may move the last hours of 1969 into 1970; `Date.UTC` reads the years 0 to 99 as 19xx.
  if (year < 1969 || seconds < 0) return { invalid: 'must not be before 1970' };
  const micros = (match[7] ?? '').padEnd(6, '0').slice(0, 6);
  return `${seconds}.${micros}` as UpdatedAt;
}

function offsetSeconds(sign?: string, hours = '0', minutes = '0'): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = Number(hours) * 3600 + Number(minutes) * 60;
  return sign === '-' ? -offset : offset;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number's shortest decimal without an exponent: what `String` gives, except below 1e-6. */
function shortestDecimal(value: number): string {
  const text = String(value);
  const exponent = text.indexOf('e-');
  if (exponent < 0) return text;
  const digits = text.slice(0, exponent).replace('.', '');
  return `0.${'0'.repeat(Number(text.slice(exponent + 2)) - 1)}${digits}`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
