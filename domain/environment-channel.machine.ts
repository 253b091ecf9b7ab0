import { createMachine } from 'xstate';
import { flatten } from './machine-table.ts';

export type ChannelState = 'empty' | 'quiet' | 'spreading';
export type ChannelEvent = (typeof EVENTS)[number];
export type ChannelEffect = (typeof EFFECTS)[number];

const EVENTS = [
  'joined',
  /** A session left, but others remain. */
  'left',
  'lastLeft',
  /** The log has a newer update, or the newest is to be sent again. */
  'updated',
  /** A slice of the pass was written, and sessions remain to be visited. */
  'sliceDone',
  /** Every session has been visited since the newest update. */
  'passDone',
] as const;

const EFFECTS = ['beginPass', 'requestSlice', 'endPass', 'reportEmpty'] as const;

/**
 * The channel of an environment. `quiet` means that no session waits for the channel: a congested one catches up by
 * itself when its peer reads again. An update that arrives during a pass needs no transition of its own: sessions not
 * yet visited receive it directly, and the pass makes another round for the others.
 */
export const channelMachine = createMachine({
  id: 'environmentChannel',
  initial: 'empty',
  states: {
    empty: {
      on: { joined: { target: 'quiet' } },
    },
    quiet: {
      on: {
        updated: { target: 'spreading', actions: ['beginPass', 'requestSlice'] },
        lastLeft: { target: 'empty', actions: 'reportEmpty' },
      },
    },
    spreading: {
      on: {
        sliceDone: { target: 'spreading', actions: 'requestSlice' },
        passDone: { target: 'quiet', actions: 'endPass' },
        lastLeft: { target: 'empty', actions: ['endPass', 'reportEmpty'] },
      },
    },
  },
});

export const channelTable = flatten<ChannelState, ChannelEvent, ChannelEffect>(channelMachine, {
  events: EVENTS,
  effects: EFFECTS,
});
