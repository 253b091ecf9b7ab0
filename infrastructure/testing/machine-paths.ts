import type { AnyStateMachine, EventObject } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { MachineTable } from '../../domain/machine-table.ts';

/** One event in one state of a machine, with a shortest path to that state from the start. */
export interface MachinePath<State extends string, Event extends string, Effect extends string> {
  /** For the title of a test: `congested takes end`. */
  readonly title: string;
  readonly from: State;
  /** The events that lead to the state, in order. */
  readonly way: readonly Event[];
  readonly event: Event;
  /** The state of the machine afterwards. */
  readonly next: State;
  /** What the machine does, by the names of its effects. */
  readonly effects: readonly Effect[];
  /** The state ignores the event. */
  readonly isIgnored: boolean;
}

/**
 * Every event of a machine in every one of its states, ignored events included.
 *
 * @throws Error if a state cannot be reached, so that there are never fewer paths than states times events
 */
export function machinePaths<State extends string, Event extends string, Effect extends string>(
  machine: AnyStateMachine,
  table: MachineTable<State, Event, Effect>,
): readonly MachinePath<State, Event, Effect>[] {
  const shortest = getShortestPaths(machine);
  return table.states.flatMap((from) => {
    const path = shortest.find(({ state }) => state.value === from);
    if (path === undefined) throw new Error(`${machine.id} has no path to ${from}`);
    // The path begins with the interpreter's own start event.
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
