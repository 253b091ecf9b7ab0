import type { EnvironmentId } from '../../../domain/environment-id.ts';
import type { FlagsmithEvent } from './flagsmith-event.ts';
/**
 * Which environments a project has: a webhook of a change that concerns the whole project names none. They are given,
 * or learned from the webhooks that name one. Each instance learns for itself.
 */
export declare class KnownEnvironments {
    #private;
    constructor(given: ReadonlyMap<number, readonly EnvironmentId[]>);
    learn({ environment, project }: FlagsmithEvent): void;
    /** Where an event is to be announced; empty where no environment of it is known. */
    concernedBy({ environment, project }: FlagsmithEvent): readonly EnvironmentId[];
}
