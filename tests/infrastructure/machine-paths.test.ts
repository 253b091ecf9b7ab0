import { expect } from 'chai';
import { createMachine } from 'xstate';
import { channelMachine, channelTable } from '../../domain/environment-channel.machine.ts';
import { flatten } from '../../domain/machine-table.ts';
import { machinePaths } from '../../infrastructure/testing/machine-paths.ts';

describe('The paths of a machine', () => {
  it('cover every event in every state, including ignored ones, by a shortest path', () => {
    const paths = machinePaths(channelMachine, channelTable);
    expect(paths).to.have.length(channelTable.states.length * channelTable.events.length);
    expect(paths.find(({ title }) => title === 'spreading takes lastLeft')).to.deep.equal({
      title: 'spreading takes lastLeft',
      from: 'spreading',
      way: ['joined', 'updated'],
      event: 'lastLeft',
      next: 'empty',
      effects: ['endPass', 'reportEmpty'],
      isIgnored: false,
    });
    expect(paths.find(({ title }) => title === 'empty takes updated')).to.deep.include({
      way: [],
      next: 'empty',
      effects: [],
      isIgnored: true,
    });
  });

  it('are an error if a state cannot be reached, rather than fewer', () => {
    const machine = createMachine({ id: 'lamp', initial: 'on', states: { on: { on: { use: 'on' } }, off: {} } });
    const table = flatten(machine, { events: ['use'], effects: [] });
    expect(() => machinePaths(machine, table)).to.throw('lamp has no path to off');
  });
});
