import { type AnyStateMachine, type AnyStateNode, initialTransition, transition } from 'xstate';

/**
 * A finite XState machine, flattened: for each state and event the next state and the named effects, in XState's order
 * (exit, transition, entry). The machine remains the definition; an actor runs on the table because the interpreter
 * costs microseconds and kilobytes for each of thousands of sessions (see the decision record).
 */
export interface MachineTable<State extends string, Event extends string, Effect extends string> {
  readonly initial: State;
  readonly states: readonly State[];
  readonly events: readonly Event[];
  /**
   * What an event does in a state. No entry: the state does not handle it, which differs from handling it without
   * effects.
   */
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
 * @throws Error that names the state and the feature, if the machine has anything that a table cannot hold: context,
 *   guards, delays, invocations, eventless, parallel, nested or history states, wildcards, effects that are not plain
 *   names of the vocabulary, or events outside it
 */
export function flatten<State extends string, Event extends string, Effect extends string>(
  machine: AnyStateMachine,
  vocabulary: Vocabulary<Event, Effect>,
): MachineTable<State, Event, Effect> {
  refuseWhatATableCannotHold(machine, vocabulary);
  const [first, firstActions] = initialTransition(machine);
  if (firstActions.length > 0) throw refusal(machine.root, 'effects on entry of the initial state at start-up');
  const states = Object.keys(machine.root.states) as State[];
  const steps = {} as Record<State, Partial<Record<Event, Step<State, Effect>>>>;
  for (const state of states) {
    const snapshot = machine.resolveState({ value: state, context: {} });
    const row: Partial<Record<Event, Step<State, Effect>>> = {};
    for (const event of vocabulary.events) {
      // In a final state the interpreter has stopped and takes no event, whatever a state or the root declares.
      if (snapshot.status !== 'active' || !snapshot.can({ type: event })) continue;
      const [next, actions] = transition(machine, snapshot, { type: event });
      row[event] = { next: next.value as State, effects: actions.map((action) => action.type as Effect) };
    }
    steps[state] = row;
  }
  return { initial: first.value as State, states, events: vocabulary.events, steps };
}

function refuseWhatATableCannotHold(machine: AnyStateMachine, vocabulary: Vocabulary<string, string>): void {
  const { root } = machine;
  if (machine.config.context !== undefined) throw refusal(root, 'context');
  if (root.type !== 'compound') throw refusal(root, `a root of type ${root.type}`);
  const { actions, actors, delays, guards } = machine.implementations;
  for (const provided of [actions, actors, delays, guards] as object[])
    if (Object.keys(provided).length > 0) throw refusal(root, 'provided implementations');
  for (const node of [root, ...Object.values<AnyStateNode>(root.states)]) {
    if (node !== root && node.type !== 'atomic' && node.type !== 'final') throw refusal(node, `type ${node.type}`);
    if (node.always !== undefined && node.always.length > 0) throw refusal(node, 'eventless transitions');
    if (node.after.length > 0) throw refusal(node, 'delayed transitions');
    if (node.invoke.length > 0) throw refusal(node, 'invocations');
    for (const action of [...node.entry, ...node.exit]) refuseEffect(node, action, vocabulary.effects);
    for (const [event, candidates] of node.transitions) {
      if (!vocabulary.events.includes(event)) throw refusal(node, `the event ${event}, which is not in the vocabulary`);
      for (const candidate of candidates) {
        if (candidate.guard !== undefined) throw refusal(node, `a guard on ${event}`);
        // XState treats this as "not handled", and silently treats a function in its place the same way.
        if (candidate.target === undefined && candidate.actions.length === 0)
          throw refusal(node, `a transition on ${event} that does nothing`);
        for (const action of candidate.actions) refuseEffect(node, action, vocabulary.effects);
      }
    }
  }
}

function refuseEffect(node: AnyStateNode, action: unknown, effects: readonly string[]): void {
  const { type, params } =
    typeof action === 'string' ? { type: action, params: undefined } : (action as { type?: unknown; params?: unknown });
  if (typeof action === 'function') throw refusal(node, 'an inline function as an effect');
  if (params !== undefined) throw refusal(node, `params of the effect ${String(type)}`);
  if (typeof type !== 'string' || !effects.includes(type))
    throw refusal(node, `the effect ${String(type)}, which is not in the vocabulary`);
}

function refusal(node: AnyStateNode, feature: string): Error {
  return new Error(`cannot flatten the machine at "${node.id}": it has ${feature}`);
}
