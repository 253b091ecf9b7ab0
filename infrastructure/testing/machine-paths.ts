import type { AnyStateMachine, EventObject } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { MachineTable } from '../../domain/machine-table.ts';

/** One event in one state of a machine, with a shortest way to that state from the start. */
export interface MachinePath<State extends string, Event extends string, Effect extends string> {
  /** For the title of a test: `congested takes end`. */
  readonly title: string;
  readonly from: State;
  /** The events that lead to it, in their order. */
  readonly way: readonly Event[];
  readonly event: Event;
  /** Where the machine is afterwards. */
  readonly next: State;
  /** What the machine does, by the names of its effects. */
  readonly effects: readonly Effect[];
  /** The state takes no such event: nothing happens. */
  readonly isIgnored: boolean;
}

/**
 * Every event of a machine in every state of it, those that are ignored included.
 *
 * @throws Error where a state cannot be reached, so that there is never less than states times events
 */
export function machinePaths<State extends string, Event extends string, Effect extends string>(
  machine: AnyStateMachine,
  table: MachineTable<State, Event, Effect>,
): readonly MachinePath<State, Event, Effect>[] {
  const shortest = getShortestPaths(machine);
  return table.states.flatMap((from) => {
    const path = shortest.find(({ state }) => state.value === from);
    if (path === undefined) throw new Error(`${machine.id} has no path to ${from}`);
    // The path begins with the interpreter's own event of the start.
    const way = path.steps
      .map(({ event }) => (event as EventObject).type as Event)
      .filter((type) => table.events.includes(type));
    return table.events.map((event) => {
      const step = table.steps[from][event];
      const [next, effects] = [step?.next ?? from, step?.effects ?? []];
      return { title: `${from} takes ${event}`, from, way, event, next, effects, isIgnored: step === undefined };
    });
  });
}
