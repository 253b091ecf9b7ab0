import { expect } from 'chai';
import { type AnyStateMachine, assign, createMachine, raise, setup } from 'xstate';
import { flatten } from '../../domain/machine-table.ts';

const VOCABULARY = { events: ['go', 'stay'], effects: ['leaving', 'moving', 'entering'] } as const;

/** A machine as plain data: what a table cannot hold is mostly what the types of `createMachine` would refuse, too. */
function machine(config: object): AnyStateMachine {
  return createMachine(config as Parameters<typeof createMachine>[0]);
}

function flattened(config: object): ReturnType<typeof flatten> {
  return flatten(machine(config), VOCABULARY);
}

describe('A machine table', () => {
  it('has the effects of a transition in the order exit, transition, entry', () => {
    const table = flattened({
      initial: 'here',
      states: {
        here: { exit: 'leaving', on: { go: { target: 'there', actions: 'moving' } } },
        there: { entry: 'entering' },
      },
    });
    expect(table.initial).to.equal('here');
    expect(table.states).to.deep.equal(['here', 'there']);
    expect(table.steps['here']?.['go']).to.deep.equal({ next: 'there', effects: ['leaving', 'moving', 'entering'] });
  });

  it('distinguishes "handled, without effect" from "not handled"', () => {
    const table = flattened({ initial: 'here', states: { here: { on: { go: 'there' } }, there: {} } });
    expect(table.steps['here']?.['go']).to.deep.equal({ next: 'there', effects: [] });
    expect(table.steps['here']?.['stay']).to.equal(undefined);
    expect(table.steps['there']).to.deep.equal({});
  });

  it('leaves out exit and entry where a transition stays inside its state, and has them where it enters again', () => {
    const here = { entry: 'entering', exit: 'leaving' };
    const table = flattened({
      initial: 'start',
      states: {
        start: { on: { go: 'here' } },
        here: {
          ...here,
          on: { go: { actions: 'moving' }, stay: { target: 'here', actions: 'moving', reenter: true } },
        },
      },
    });
    expect(table.steps['here']?.['go']?.effects).to.deep.equal(['moving']);
    expect(table.steps['here']?.['stay']?.effects).to.deep.equal(['leaving', 'moving', 'entering']);
  });

  it('applies transitions of the root to every state except a final one, where the interpreter has stopped', () => {
    const table = flattened({
      initial: 'here',
      on: { stay: { actions: 'moving' } },
      states: { here: { on: { go: 'over' } }, over: { type: 'final', on: { go: 'here' } } },
    });
    expect(table.steps['here']?.['stay']).to.deep.equal({ next: 'here', effects: ['moving'] });
    expect(table.steps['over']).to.deep.equal({});
  });

  const one = (state: object): object => ({ initial: 'here', states: { here: state, there: {} } });
  const refused: Readonly<Record<string, [config: object, words: string]>> = {
    context: [{ ...one({}), context: { count: 0 } }, 'context'],
    'a parallel root': [{ type: 'parallel', states: { here: {} } }, 'a root of type parallel'],
    'a root without states': [{}, 'a root of type atomic'],
    'nested states': [one({ initial: 'inside', states: { inside: {} } }), 'type compound'],
    'nested parallel states': [one({ type: 'parallel', states: { inside: {} } }), 'type parallel'],
    'a history state': [{ initial: 'here', states: { here: {}, past: { type: 'history' } } }, 'type history'],
    'an eventless transition': [one({ always: 'there' }), 'eventless transitions'],
    'a delayed transition': [one({ after: { 10: 'there' } }), 'delayed transitions'],
    'an invocation': [one({ invoke: { src: 'other' } }), 'invocations'],
    'a guard': [one({ on: { go: { target: 'there', guard: 'may' } } }), 'a guard on go'],
    'a wildcard': [one({ on: { '*': 'there' } }), 'the event *'],
    'a partial wildcard': [one({ on: { 'go.*': 'there' } }), 'the event go.*'],
    'an event outside the vocabulary': [one({ on: { jump: 'there' } }), 'the event jump'],
    'onDone of the root': [{ ...one({ type: 'final' }), onDone: { actions: 'moving' } }, 'the event xstate.done'],
    'a transition that is a function': [one({ on: { go: () => ({ target: 'there' }) } }), 'go that does nothing'],
    'a transition without target and effect': [one({ on: { go: {} } }), 'go that does nothing'],
    assign: [one({ on: { go: { actions: assign({}) } } }), 'an inline function as an effect'],
    raise: [one({ entry: raise({ type: 'go' }) }), 'an inline function as an effect'],
    'an inline function': [one({ exit: () => undefined }), 'an inline function as an effect'],
    'a built-in action by name': [one({ exit: { type: 'xstate.raise' } }), 'the effect xstate.raise'],
    'params of an effect': [one({ exit: { type: 'leaving', params: { far: true } } }), 'params of the effect leaving'],
    'an effect outside the vocabulary': [one({ exit: 'singing' }), 'the effect singing'],
    'effects on entry of the initial state': [one({ entry: 'entering' }), 'effects on entry of the initial state'],
    'effects of the initial transition': [
      { initial: { target: 'here', actions: 'moving' }, states: { here: {} } },
      'effects on entry of the initial state',
    ],
  };
  for (const [feature, [config, words]] of Object.entries(refused))
    it(`refuses ${feature}`, () => {
      expect(() => flattened({ id: 'refused', ...config })).to.throw(words);
    });

  it('refuses provided implementations, and names the machine', () => {
    const provided = setup({ actions: { moving: () => undefined } }).createMachine({
      id: 'lamp',
      initial: 'here',
      states: { here: {} },
    });
    expect(() => flatten(provided, VOCABULARY)).to.throw('cannot flatten the machine at "lamp"');
  });
});
