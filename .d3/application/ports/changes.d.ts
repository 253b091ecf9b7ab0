import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
/** Changes of environments, for those that may announce them. A door (`ChangeDoor`) lets callers in. */
export interface Changes {
    /**
     * Settles as `stored` when the log has acknowledged the change (or a later one that stands for it), and as
     * `unavailable` at the deadline, or when a bug came in between. It never rejects. What was refused is kept, within a
     * bound, and appended when the log is back.
     */
    change(environment: EnvironmentId, updatedAt: UpdatedAt): Promise<'stored' | 'unavailable'>;
}
