import { type AnyStateMachine } from 'xstate';
/**
 * A finite XState machine, flattened: for each state and event the next state and the named effects, in XState's own
 * order (exit, transition, entry). The machine stays the definition; an actor runs on the table, because the
 * interpreter costs microseconds and kilobytes for each of thousands of sessions (see the decision record).
 */
export interface MachineTable<State extends string, Event extends string, Effect extends string> {
    readonly initial: State;
    readonly states: readonly State[];
    readonly events: readonly Event[];
    /** What an event does in a state. No entry: the state does not handle it, which is not the same as no effect. */
    readonly steps: Readonly<Record<State, Readonly<Partial<Record<Event, Step<State, Effect>>>>>>;
}
export interface Step<State extends string, Effect extends string> {
    readonly next: State;
    readonly effects: readonly Effect[];
}
interface Vocabulary<Event extends string, Effect extends string> {
    readonly events: readonly Event[];
    readonly effects: readonly Effect[];
}
/**
 * Flattens a machine with XState's own pure transition functions.
 *
 * @throws Error that names the state and the feature, where the machine has anything that a table cannot hold:
 * context, guards, delays, invocations, eventless, parallel, nested or history states, wildcards, effects that are
 * not plain names of the vocabulary, or events outside it
 */
export declare function flatten<State extends string, Event extends string, Effect extends string>(machine: AnyStateMachine, vocabulary: Vocabulary<Event, Effect>): MachineTable<State, Event, Effect>;
export {};
