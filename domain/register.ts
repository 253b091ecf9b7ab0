import type { Update } from './update.ts';
import { comparableMicros, type UpdatedAt } from './updated-at.ts';

/**
 * What a joining subscriber of an environment hears: the greatest of the updates of the retention time, or the last
 * one where they cannot be compared. SDKs refetch only on a greater time and the API's times can go backwards, so the
 * greatest makes every SDK refetch that any of them would.
 *
 * It is a staircase: the greatest first, then whatever would be the greatest once the ones before it have expired.
 */
export type Register = readonly RegisterStep[];

interface RegisterStep {
  readonly update: Update;
  /** Undefined: it cannot be compared, so it stands alone. */
  readonly micros: number | undefined;
  /** From here the step lasts for the retention time. */
  readonly sinceMs: number;
}

export const EMPTY_REGISTER: Register = [];

/** More steps than this need eight times in a row that go backwards within the retention time. */
const MAX_STEPS = 8;

/**
 * The merge rule. Later updates come later: the order of the calls is the log's.
 *
 * @param nowMs the clock, in milliseconds since 1970
 */
export function merge(register: Register, update: Update, nowMs: number): Register {
  const micros = comparableMicros(update.updatedAt, nowMs);
  const step = { update, micros, sinceMs: update.storedAtMs };
  if (micros === undefined || register[0]?.micros === undefined) return [step];
  const greater = register.filter((kept) => kept.micros !== undefined && kept.micros > micros);
  if (greater.length < MAX_STEPS) return [...greater, step];
  // At the bound the last two become one: the greater value lives longer than it should, which an SDK cannot notice.
  const last = greater[MAX_STEPS - 1] ?? step;
  return [...greater.slice(0, -1), { ...last, sinceMs: Math.max(last.sinceMs, step.sinceMs) }];
}

/** The register without what was stored before `horizonMs`. */
export function expire(register: Register, horizonMs: number): Register {
  const first = register[0];
  if (first === undefined || first.sinceMs > horizonMs) return register;
  return register.filter((step) => step.sinceMs > horizonMs);
}

/** The update that a joining subscriber hears. */
export function newest(register: Register): Update | undefined {
  return register[0]?.update;
}

/** Of the updates that are shown, or would be once greater ones have expired, the one that was taken last. */
export function lastTaken(register: Register): Update | undefined {
  return register.at(-1)?.update;
}

/** Whether an update of exactly this value is among those that are shown, or would be once greater ones have expired. */
export function holds(register: Register, updatedAt: UpdatedAt): boolean {
  return register.some((step) => step.update.updatedAt === updatedAt);
}

/**
 * Whether an update was taken into the register: it is a step of it, or a greater one that was stored later has taken
 * its place.
 */
export function hasTaken(register: Register, { sequence, updatedAt }: Update, nowMs: number): boolean {
  return register.some(({ update }) => update.sequence >= sequence && covers(update.updatedAt, updatedAt, nowMs));
}

/** The register with a repair in the place of the update that it repeats. It lasts no longer than that one did. */
export function withRepair(register: Register, repair: Update): Register {
  return register.map((step) => (step.update.updatedAt === repair.updatedAt ? { ...step, update: repair } : step));
}

/** Whether an update of this time would make no SDK refetch that the given later one does not. */
export function covers(later: UpdatedAt, updatedAt: UpdatedAt, nowMs: number): boolean {
  const [laterMicros, micros] = [comparableMicros(later, nowMs), comparableMicros(updatedAt, nowMs)];
  return laterMicros === undefined || micros === undefined || laterMicros >= micros;
}

/** Whether it would make no SDK refetch that the other one does not, whichever of them is the later. */
export function outranks(other: UpdatedAt, updatedAt: UpdatedAt, nowMs: number): boolean {
  const [otherMicros, micros] = [comparableMicros(other, nowMs), comparableMicros(updatedAt, nowMs)];
  return otherMicros !== undefined && micros !== undefined && otherMicros >= micros;
}

/**
 * Whether a stored update makes another one unnecessary: because it is greater, whichever came first, or because it
 * came after the first try of the other. Values that cannot be compared leave only the time to say that. It is the
 * log's time against ours, so this is as good as the machines' clocks.
 *
 * @param firstTriedMs when the other one was first tried, in milliseconds since 1970
 * @param retentionMs what was stored longer ago than this is sent to nobody any more, and supersedes nothing
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
