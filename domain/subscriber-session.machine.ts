import { createMachine } from 'xstate';
import { flatten } from './machine-table.ts';

export type SessionState = 'streaming' | 'congested' | 'ending' | 'closed';
export type SessionEvent = (typeof EVENTS)[number];
export type SessionEffect = (typeof EFFECTS)[number];

const EVENTS = [
  /** The channel has something that this session has not received. */
  'update',
  /** Nothing was sent for the keep-alive time. */
  'keepAliveDue',
  /** A write was accepted, but the peer is not reading. */
  'congested',
  /** The peer has taken everything that was written, and has missed an update meanwhile. */
  'drainedBehind',
  /** The peer has taken everything that was written, and has missed nothing. */
  'drainedCurrent',
  /** The stream is to end properly: it has reached its age, or the service is stopping. */
  'end',
  /** The same, but the session has not received the newest update: a pass has not reached it yet. */
  'endBehind',
  /** The peer has not read for longer than is allowed. */
  'giveUp',
  /** The connection has closed. */
  'gone',
  /** The socket threw, which it must not: its state is unknown. */
  'failed',
] as const;

const EFFECTS = [
  'writeUpdate',
  'writeKeepAlive',
  'noteCongestion',
  'rearmSocket',
  'endSocket',
  'closeSocket',
  'leaveChannel',
] as const;

/**
 * A subscriber's session. While the peer does not read, the session holds nothing: what it missed is in the channel's
 * register. A session that is to end while it is behind receives the newest update first; a congested one does if its
 * peer reads again in time.
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
        endBehind: { target: 'closed', actions: ['writeUpdate', 'endSocket'] },
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
        endBehind: { target: 'ending' },
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

export const sessionTable = flatten<SessionState, SessionEvent, SessionEffect>(sessionMachine, {
  events: EVENTS,
  effects: EFFECTS,
});
