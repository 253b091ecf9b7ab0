import { createMachine } from 'xstate';
import { flatten } from "./machine-table.js";
const EVENTS = [
    'joined',
    /** A session left, and others stay. */
    'left',
    'lastLeft',
    /** The log has a newer update. */
    'updated',
    /** A slice of the pass was written, and sessions are left to visit. */
    'sliceDone',
    /** Every session was visited since the newest update. */
    'passDone',
];
const EFFECTS = ['beginPass', 'requestSlice', 'endPass', 'reportEmpty'];
/**
 * The channel of an environment. Quiet means that no session waits for the channel: one that is congested catches up
 * by itself when its peer reads again. An update that comes during a pass needs no transition of its own: the sessions
 * that were not reached yet hear it directly, and the pass goes round once more for the others.
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
export const channelTable = flatten(channelMachine, {
    events: EVENTS,
    effects: EFFECTS,
});
//# sourceMappingURL=environment-channel.machine.js.map