declare const brand: unique symbol;
/**
 * When an environment last changed, as the canonical decimal text that goes into the log and onto the wire
 * (`1733480514.079725`, `123`): a JSON number that no re-encoding can round.
 */
export type UpdatedAt = string & {
    readonly [brand]: 'UpdatedAt';
};
/** Why a value is not an `updated_at`, in words for the caller. */
export interface Invalid {
    readonly invalid: string;
}
/**
 * Reads every form in which an `updated_at` comes: an ISO 8601 date and time (Python's `isoformat()`), a number, or a
 * string of digits. Dates become epoch seconds with six decimals by integer arithmetic, because a `Date` would drop
 * the microseconds that the API sends. The result is a fixed point: reading it again gives the same text.
 *
 * @param value a value out of JSON; a JSON number may also be given as its literal text, which keeps all its digits
 */
export declare function parseUpdatedAt(value: unknown): UpdatedAt | Invalid;
/**
 * The microseconds since 1970 by which two updates can be compared, or undefined where the value has none that mean
 * anything: a number without six decimals (milliseconds, a counter), or a time further ahead of the clock than a day,
 * which would outrank every honest update that follows it.
 *
 * @param nowMs the clock, in milliseconds since 1970
 */
export declare function comparableMicros(updatedAt: UpdatedAt, nowMs: number): number | undefined;
export {};
