import type { Update } from './update.ts';
import { type UpdatedAt } from './updated-at.ts';
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
export declare const EMPTY_REGISTER: Register;
/**
 * The merge rule. Later updates come later: the order of the calls is the log's.
 *
 * @param nowMs the clock, in milliseconds since 1970
 */
export declare function merge(register: Register, update: Update, nowMs: number): Register;
/** The register without what was stored before `horizonMs`. */
export declare function expire(register: Register, horizonMs: number): Register;
/** The update that a joining subscriber hears. */
export declare function newest(register: Register): Update | undefined;
/** Whether an update of exactly this value is among those that are shown, or would be once greater ones have expired. */
export declare function holds(register: Register, updatedAt: UpdatedAt): boolean;
/**
 * Whether an update was taken into the register: it is a step of it, or a greater one that was stored later has taken
 * its place.
 */
export declare function hasTaken(register: Register, { sequence, updatedAt }: Update, nowMs: number): boolean;
/** The register with a repair in the place of the update that it repeats. It lasts no longer than that one did. */
export declare function withRepair(register: Register, repair: Update): Register;
/** Whether an update of this time would make no SDK refetch that the given later one does not. */
export declare function covers(later: UpdatedAt, updatedAt: UpdatedAt, nowMs: number): boolean;
/** Whether it would make no SDK refetch that the other one does not, whichever of them is the later. */
export declare function outranks(other: UpdatedAt, updatedAt: UpdatedAt, nowMs: number): boolean;
/**
 * Whether a stored update makes another one unnecessary: because it is greater, whichever came first, or because it
 * came after the first try of the other. Values that cannot be compared leave only the time to say that. It is the
 * log's time against ours, so this is as good as the machines' clocks.
 *
 * @param firstTriedMs when the other one was first tried, in milliseconds since 1970
 * @param retentionMs what was stored longer ago than this is sent to nobody any more, and supersedes nothing
 */
export declare function supersedes(stored: Update, updatedAt: UpdatedAt, firstTriedMs: number, retentionMs: number, nowMs: number): boolean;
export {};
