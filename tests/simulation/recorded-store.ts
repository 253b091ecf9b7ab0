import { MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { ReferenceRegister } from '../support/reference-register.ts';

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

  override append(environment: EnvironmentId, updatedAt: UpdatedAt, expected: number | undefined): AppendOutcome {
    const outcome = super.append(environment, updatedAt, expected);
    if (outcome.kind === 'stored') {
      const storedAtMs = this.#worldClock.epochMs();
      const history = this.history(environment);
      history.take({ sequence: outcome.sequence, updatedAt, storedAtMs }, storedAtMs);
      this.appended(environment, history.told.length - 1, expected !== undefined);
    }
    return outcome;
  }
}
