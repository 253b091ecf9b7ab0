import type { Update } from './update.ts';
import { comparableMicros, type UpdatedAt } from './updated-at.ts';

/**
 * What a joining subscriber of an environment receives: the greatest update of the retention time, or the last one if
 * they cannot be compared. SDKs refetch only for a greater time, and the API's times can go backwards. So the greatest
 * makes every SDK refetch that any of the updates would.
 *
 * It is a staircase: the greatest first, then each one that becomes the greatest once those before it have expired.
 */
export type Register = readonly RegisterStep[];

interface RegisterStep {
  readonly update: Update;
  /** Undefined: it cannot be compared, so it is the only step. */
  readonly micros: number | undefined;
  /** When the retention time of the step begins. */
  readonly sinceMs: number;
}

export const EMPTY_REGISTER: Register = [];

/** To exceed this, the time must go backwards eight times in a row within the retention time. */
const MAX_STEPS = 8;

/**
 * The merge rule. Calls come in log order.
 *
 * @param nowMs the clock, in milliseconds since 1970
 */
export function merge(register: Register, update: Update, nowMs: number): Register {
  const micros = comparableMicros(update.updatedAt, nowMs);
  const step = { update, micros, sinceMs: update.storedAtMs };
  if (micros === undefined || register[0]?.micros === undefined) return [step];
  const greater = register.filter((kept) => kept.micros !== undefined && kept.micros > micros);
  if (greater.length < MAX_STEPS) return [...greater, step];
  // At the bound the last two become one: the greater value lasts longer than it should, which no SDK can notice.
  const last = greater[MAX_STEPS - 1] ?? step;
  return [...greater.slice(0, -1), { ...last, sinceMs: Math.max(last.sinceMs, step.sinceMs) }];
}

/** The register without the steps that began at `horizonMs` or before. */
export function expire(register: Register, horizonMs: number): Register {
  const first = register[0];
  if (first === undefined || first.sinceMs > horizonMs) return register;
  return register.filter((step) => step.sinceMs > horizonMs);
}

/** The update that a joining subscriber receives. */
export function newest(register: Register): Update | undefined {
  return register[0]?.update;
}

/** The update in the register that was taken last. */
export function lastTaken(register: Register): Update | undefined {
  return register.at(-1)?.update;
}

/** Whether an update of exactly this value is in the register. */
export function holds(register: Register, updatedAt: UpdatedAt): boolean {
  return register.some((step) => step.update.updatedAt === updatedAt);
}

/**
 * Whether the register has taken an update: it is one of the steps, or a greater one that was stored later has replaced
 * it.
 */
export function hasTaken(register: Register, { sequence, updatedAt }: Update, nowMs: number): boolean {
  return register.some(({ update }) => update.sequence >= sequence && covers(update.updatedAt, updatedAt, nowMs));
}

/** The register with a repair in place of the update that it repeats. The step lasts no longer than before. */
export function withRepair(register: Register, repair: Update): Register {
  return register.map((step) => (step.update.updatedAt === repair.updatedAt ? { ...step, update: repair } : step));
}

/** True if every SDK that would refetch for `updatedAt` also refetches for `later`. */
export function covers(later: UpdatedAt, updatedAt: UpdatedAt, nowMs: number): boolean {
  const [laterMicros, micros] = [comparableMicros(later, nowMs), comparableMicros(updatedAt, nowMs)];
  return laterMicros === undefined || micros === undefined || laterMicros >= micros;
}

/** The same, whichever of the two came first; false if they cannot be compared. */
export function outranks(other: UpdatedAt, updatedAt: UpdatedAt, nowMs: number): boolean {
  const [otherMicros, micros] = [comparableMicros(other, nowMs), comparableMicros(updatedAt, nowMs)];
  return otherMicros !== undefined && micros !== undefined && otherMicros >= micros;
}

/**
 * Whether a stored update makes another one unnecessary: because it is greater, whichever came first, or because it was
 * stored after the other was first tried. If the values cannot be compared, only that time decides. It compares the
 * log's clock with ours, so it is as accurate as these clocks.
 *
 * @param firstTriedMs when the other one was first tried, in milliseconds since 1970
 * @param retentionMs an update that was stored longer ago is no longer sent, and supersedes nothing
 */
export function supersedes(
  stored: Update,
  updatedAt: UpdatedAt,
  firstTriedMs: number,
  retentionMs: number,
  nowMs: number,
): boolean {
  if (stored.storedAtMs <= nowMs - retentionMs) return false;
  if (outranks(stored.updatedAt, updatedAt, nowMs)) return true;
  return stored.storedAtMs > firstTriedMs && covers(stored.updatedAt, updatedAt, nowMs);
}
