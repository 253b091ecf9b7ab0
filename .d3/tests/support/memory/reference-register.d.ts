import type { Update } from '../../../domain/update.ts';
interface Told {
    readonly original: Update;
    /** As the register has it: a repair takes the place of its original. */
    update: Update;
    /** Epoch seconds where the value can be compared, with all its digits. */
    readonly comparable: bigint | undefined;
}
/**
 * The merge rule, as slow and as plain as it can be written: a second opinion for tests. It keeps everything that it
 * was told, and goes through all of it for each answer.
 */
export declare class ReferenceRegister {
    #private;
    readonly told: Told[];
    /** Whether an update was stored before the one that was told before it, as after a store was rolled back. */
    timesWentBack: boolean;
    /** @param nowMs the clock when the update was told: a value further ahead than a day cannot be compared */
    take(update: Update, nowMs: number): void;
    /**
     * Takes a repair of what is shown, or would be once greater ones have expired, which is no news.
     *
     * @returns false where it is no such repair: then it is an update like any other
     */
    takeRepair(repair: Update, horizonMs: number): boolean;
    /** The last in log order that was news. */
    get news(): Update | undefined;
    /** The last in log order. */
    get last(): Update | undefined;
    /** The greatest of what was stored after `horizonMs`; where two cannot be compared, the later one. */
    newest(horizonMs: number): Update | undefined;
    /**
     * Whether who heard the update told at `heard` need not hear the one told at `owed`: an SDK that goes by the
     * greatest value would not refetch for it. After a value that cannot be compared the count begins anew.
     */
    settles(heard: number, owed: number): boolean;
}
export {};
