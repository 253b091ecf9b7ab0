import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

/** Changes of environments, for callers that may announce them. A door (`ChangeDoor`) gives access. */
export interface Changes {
  /**
   * Settles as `stored` when the log has acknowledged the change (or a later one that covers it), and as `unavailable`
   * at the deadline, or after a failure caused by a bug. It never rejects. A refused change is kept, within a bound,
   * and appended when the log is back.
   */
  change(environment: EnvironmentId, updatedAt: UpdatedAt): Promise<'stored' | 'unavailable'>;
}
