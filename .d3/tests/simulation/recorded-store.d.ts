import { type AppendCondition, MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { ReferenceRegister } from '../support/memory/reference-register.ts';
/** The store that the instances share, with a memory of everything that was ever stored in it. */
export declare class RecordedStore extends MemoryStore {
    #private;
    /** Told of each append, before the log's followers are. */
    appended: (environment: EnvironmentId, position: number, isLate: boolean) => void;
    constructor(options: {
        readonly retentionMs: number;
    }, clock: Clock);
    history(environment: EnvironmentId): ReferenceRegister;
    append(environment: EnvironmentId, updatedAt: UpdatedAt, condition?: AppendCondition): AppendOutcome;
}
