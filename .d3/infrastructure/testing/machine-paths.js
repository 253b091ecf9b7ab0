import { getShortestPaths } from 'xstate/graph';
/**
 * Every event of a machine in every state of it, those that are ignored included.
 *
 * @throws Error where a state cannot be reached, so that there is never less than states times events
 */
export function machinePaths(machine, table) {
    const shortest = getShortestPaths(machine);
    return table.states.flatMap((from) => {
        const path = shortest.find(({ state }) => state.value === from);
        if (path === undefined)
            throw new Error(`${machine.id} has no path to ${from}`);
        // The path begins with the interpreter's own event of the start.
        const way = path.steps.map(({ event }) => event.type).filter((type) => table.events.includes(type));
        return table.events.map((event) => {
            const step = table.steps[from][event];
            const [next, effects] = [step?.next ?? from, step?.effects ?? []];
            return { title: `${from} takes ${event}`, from, way, event, next, effects, isIgnored: step === undefined };
        });
    });
}
//# sourceMappingURL=machine-paths.js.map