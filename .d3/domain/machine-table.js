import { initialTransition, transition } from 'xstate';
/**
 * Flattens a machine with XState's own pure transition functions.
 *
 * @throws Error that names the state and the feature, where the machine has anything that a table cannot hold:
 * context, guards, delays, invocations, eventless, parallel, nested or history states, wildcards, effects that are
 * not plain names of the vocabulary, or events outside it
 */
export function flatten(machine, vocabulary) {
    refuseWhatATableCannotHold(machine, vocabulary);
    const [first, firstActions] = initialTransition(machine);
    if (firstActions.length > 0)
        throw refusal(machine.root, 'effects on entry of the initial state at start-up');
    const states = Object.keys(machine.root.states);
    const steps = {};
    for (const state of states) {
        const snapshot = machine.resolveState({ value: state, context: {} });
        const row = {};
        for (const event of vocabulary.events) {
            // In a final state the interpreter has stopped and takes no event, whatever a state or the root declares.
            if (snapshot.status !== 'active' || !snapshot.can({ type: event }))
                continue;
            const [next, actions] = transition(machine, snapshot, { type: event });
            row[event] = { next: next.value, effects: actions.map((action) => action.type) };
        }
        steps[state] = row;
    }
    return { initial: first.value, states, events: vocabulary.events, steps };
}
function refuseWhatATableCannotHold(machine, vocabulary) {
    const { root } = machine;
    if (machine.config.context !== undefined)
        throw refusal(root, 'context');
    if (root.type !== 'compound')
        throw refusal(root, `a root of type ${root.type}`);
    for (const implementations of Object.values(machine.implementations))
        if (Object.keys(implementations).length > 0)
            throw refusal(root, 'provided implementations');
    for (const node of [root, ...Object.values(root.states)]) {
        if (node !== root && node.type !== 'atomic' && node.type !== 'final')
            throw refusal(node, `type ${node.type}`);
        if (node.always !== undefined && node.always.length > 0)
            throw refusal(node, 'eventless transitions');
        if (node.after.length > 0)
            throw refusal(node, 'delayed transitions');
        if (node.invoke.length > 0)
            throw refusal(node, 'invocations');
        for (const action of [...node.entry, ...node.exit])
            refuseEffect(node, action, vocabulary.effects);
        for (const [event, candidates] of node.transitions) {
            if (!vocabulary.events.includes(event))
                throw refusal(node, `the event ${event}, which is not in the vocabulary`);
            for (const candidate of candidates) {
                if (candidate.guard !== undefined)
                    throw refusal(node, `a guard on ${event}`);
                // XState takes this for "not handled", and also takes a function for it without a word.
                if (candidate.target === undefined && candidate.actions.length === 0)
                    throw refusal(node, `a transition on ${event} that does nothing`);
                for (const action of candidate.actions)
                    refuseEffect(node, action, vocabulary.effects);
            }
        }
    }
}
function refuseEffect(node, action, effects) {
    const { type, params } = typeof action === 'string' ? { type: action, params: undefined } : action;
    if (typeof action === 'function')
        throw refusal(node, 'an inline function as an effect');
    if (params !== undefined)
        throw refusal(node, `params of the effect ${String(type)}`);
    if (typeof type !== 'string' || !effects.includes(type))
        throw refusal(node, `the effect ${String(type)}, which is not in the vocabulary`);
}
function refusal(node, feature) {
    return new Error(`cannot flatten the machine at "${node.id}": it has ${feature}`);
}
//# sourceMappingURL=machine-table.js.map