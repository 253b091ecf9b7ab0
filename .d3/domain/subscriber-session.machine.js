import { createMachine } from 'xstate';
import { flatten } from "./machine-table.js";
const EVENTS = [
    /** The channel has something that this session has not heard. */
    'update',
    /** Nothing was sent for the keep-alive time. */
    'keepAliveDue',
    /** A write was taken, but the peer is not reading. */
    'congested',
    /** The peer took everything, and has missed an update meanwhile. */
    'drainedBehind',
    /** The peer took everything, and has missed nothing. */
    'drainedCurrent',
    /** The stream is to end properly: by its age, or because the service stops. */
    'end',
    /** The peer did not read for longer than it may. */
    'giveUp',
    /** The connection is gone. */
    'gone',
    /** The socket threw, which it must not: nobody knows what it will do next. */
    'failed',
];
const EFFECTS = [
    'writeUpdate',
    'writeKeepAlive',
    'noteCongestion',
    'rearmSocket',
    'endSocket',
    'closeSocket',
    'leaveChannel',
];
/**
 * A subscriber's session. While the peer does not read it holds nothing: what it missed is in the channel's register.
 * A congested session that is told to end gets its last update first, if its peer reads again in time.
 */
export const sessionMachine = createMachine({
    id: 'subscriberSession',
    initial: 'streaming',
    states: {
        streaming: {
            on: {
                update: { actions: 'writeUpdate' },
                keepAliveDue: { actions: 'writeKeepAlive' },
                congested: { target: 'congested', actions: 'noteCongestion' },
                end: { target: 'closed', actions: 'endSocket' },
                gone: { target: 'closed' },
                failed: { target: 'closed', actions: 'closeSocket' },
            },
        },
        congested: {
            on: {
                keepAliveDue: { actions: 'rearmSocket' },
                drainedBehind: { target: 'streaming', actions: 'writeUpdate' },
                drainedCurrent: { target: 'streaming' },
                end: { target: 'ending' },
                giveUp: { target: 'closed', actions: 'closeSocket' },
                gone: { target: 'closed' },
                failed: { target: 'closed', actions: 'closeSocket' },
            },
        },
        ending: {
            on: {
                keepAliveDue: { actions: 'rearmSocket' },
                drainedBehind: { target: 'closed', actions: ['writeUpdate', 'endSocket'] },
                drainedCurrent: { target: 'closed', actions: 'endSocket' },
                giveUp: { target: 'closed', actions: 'closeSocket' },
                gone: { target: 'closed' },
                failed: { target: 'closed', actions: 'closeSocket' },
            },
        },
        closed: { type: 'final', entry: 'leaveChannel' },
    },
});
export const sessionTable = flatten(sessionMachine, {
    events: EVENTS,
    effects: EFFECTS,
});
//# sourceMappingURL=subscriber-session.machine.js.map