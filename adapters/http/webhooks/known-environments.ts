import type { EnvironmentId } from '../../../domain/environment-id.ts';
import type { FlagsmithEvent } from './flagsmith-event.ts';

/** Beyond it the environment that was named longest ago is forgotten. */
const MAX_LEARNED = 10_000;

interface Learned {
  readonly project: number | undefined;
  readonly number: number | undefined;
}

/**
 * Which environments a project has: a webhook of a change that concerns the whole project names none. They are given,
 * or learned from the webhooks that name one. Each instance learns for itself.
 */
export class KnownEnvironments {
  readonly #given: ReadonlyMap<number, readonly EnvironmentId[]>;
  /** In the order in which they were last named. */
  readonly #learned = new Map<EnvironmentId, Learned>();

  constructor(given: ReadonlyMap<number, readonly EnvironmentId[]>) {
    this.#given = given;
  }

  learn({ environment, project }: FlagsmithEvent): void {
    if (environment?.key === undefined) return;
    this.#learned.delete(environment.key);
    this.#learned.set(environment.key, { project, number: environment.number });
    const oldest = this.#learned.keys().next();
    if (this.#learned.size > MAX_LEARNED && oldest.done !== true) this.#learned.delete(oldest.value);
  }

  /** The environments that an event concerns; empty if none is known. */
  concernedBy({ environment, project }: FlagsmithEvent): readonly EnvironmentId[] {
    if (environment?.key !== undefined) return [environment.key];
    const named = environment?.number === undefined ? [] : this.#numbered(environment.number, project);
    if (named.length > 0 || project === undefined) return named;
    const ofProject = this.#where((learned) => learned.project === project);
    return [...new Set([...(this.#given.get(project) ?? []), ...ofProject])];
  }

  /** The project belongs to the identity: two installations of Flagsmith use the same numbers. */
  #numbered(wanted: number, project: number | undefined): EnvironmentId[] {
    return this.#where(
      ({ number, project: its }) =>
        number === wanted && (project === undefined || its === undefined || its === project),
    );
  }

  #where(matches: (learned: Learned) => boolean): EnvironmentId[] {
    return [...this.#learned].filter(([, learned]) => matches(learned)).map(([key]) => key);
  }
}
