import type { EnvironmentId } from '../domain/environment-id.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Changes } from './ports/changes.ts';
import type { Clock } from './ports/clock.ts';
type Outcome = Promise<'stored' | 'unavailable'>;
/**
 * Changes of a source that may announce one before its own caches have it. Each goes to the log once more, after a
 * while and with the same time, so that every instance sends it again: an SDK that fetched too early has flags that are
 * older than this time, and fetches again. An SDK that has the newest flags does nothing.
 *
 * A newer change of the environment takes the place of one that waits, so there is one timer an environment at most. One
 * of the same time is the same change, which two webhooks report: it is repeated soon in any case.
 */
export declare class RepeatedChanges implements Changes {
    #private;
    constructor(changes: Changes, clock: Clock);
    change(environment: EnvironmentId, updatedAt: UpdatedAt): Outcome;
    /** Repeats at once what waits: too early is better than never. What is announced from now on is not repeated. */
    stop(): void;
}
export {};
