/** Beyond it the environment that was named longest ago is forgotten. */
const MAX_LEARNED = 10_000;
/**
 * Which environments a project has: a webhook of a change that concerns the whole project names none. They are given,
 * or learned from the webhooks that name one. Each instance learns for itself.
 */
export class KnownEnvironments {
    #given;
    /** In the order in which they were last named. */
    #learned = new Map();
    constructor(given) {
        this.#given = given;
    }
    learn({ environment, project }) {
        if (environment?.key === undefined)
            return;
        this.#learned.delete(environment.key);
        this.#learned.set(environment.key, { project, number: environment.number });
        const oldest = this.#learned.keys().next();
        if (this.#learned.size > MAX_LEARNED && oldest.done !== true)
            this.#learned.delete(oldest.value);
    }
    /** Where an event is to be announced; empty where no environment of it is known. */
    concernedBy({ environment, project }) {
        if (environment?.key !== undefined)
            return [environment.key];
        const named = environment?.number === undefined ? [] : this.#numbered(environment.number, project);
        if (named.length > 0 || project === undefined)
            return named;
        const ofProject = this.#where((learned) => learned.project === project);
        return [...new Set([...(this.#given.get(project) ?? []), ...ofProject])];
    }
    /** Of another project is another one: two installations of Flagsmith give the same numbers. */
    #numbered(wanted, project) {
        return this.#where(({ number, project: its }) => number === wanted && (project === undefined || its === undefined || its === project));
    }
    #where(matches) {
        return [...this.#learned].filter(([, learned]) => matches(learned)).map(([key]) => key);
    }
}
//# sourceMappingURL=known-environments.js.map