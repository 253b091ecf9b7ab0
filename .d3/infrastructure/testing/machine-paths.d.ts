import type { AnyStateMachine } from 'xstate';
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
export declare function machinePaths<State extends string, Event extends string, Effect extends string>(machine: AnyStateMachine, table: MachineTable<State, Event, Effect>): readonly MachinePath<State, Event, Effect>[];
