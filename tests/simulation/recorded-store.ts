import { type AppendCondition, MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { storedUpdate } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { ReferenceRegister } from '../support/memory/reference-register.ts';

/** The store that the instances share, with a memory of everything that was ever stored in it. */
export class RecordedStore extends MemoryStore {
  readonly #history = new Map<EnvironmentId, ReferenceRegister>();
  readonly #worldClock: Clock;
  /** Told of each append, before the log's followers are. */
  appended: (environment: EnvironmentId, position: number, isLate: boolean) => void = () => undefined;

  constructor(options: { readonly retentionMs: number }, clock: Clock) {
    super(options, clock);
    this.#worldClock = clock;
  }

  history(environment: EnvironmentId): ReferenceRegister {
    let history = this.#history.get(environment);
    if (history === undefined) this.#history.set(environment, (history = new ReferenceRegister()));
    return history;
  }

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, condition: AppendCondition = {}): AppendOutcome {
    const outcome = super.append(environment, updatedAt, condition);
    if (outcome.kind === 'stored') {
      const nowMs = this.#worldClock.epochMs();
      const { expectedSequence, firstStoredAtMs } = condition;
      const history = this.history(environment);
      const update = storedUpdate(outcome.sequence, updatedAt, nowMs, firstStoredAtMs);
      history.take(update, nowMs);
      this.appended(environment, history.told.length - 1, expectedSequence !== undefined);
    }
    return outcome;
  }
}
