import { expect } from 'chai';
import { getShortestPaths } from 'xstate/graph';
import { EnvironmentChannel } from '../../domain/environment-channel.ts';
import {
  channelMachine,
  type ChannelEvent,
  type ChannelState,
  channelTable,
} from '../../domain/environment-channel.machine.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { SubscriberSession } from '../../domain/subscriber-session.ts';
import { anUpdate, eventBytes, RecordingHost } from '../support/recording-host.ts';
import { RecordingSocket } from '../support/recording-socket.ts';

const NOW = { epochMs: 1_733_480_000_000, monotonicMs: 0 };
const HOUR_MS = 3_600_000;

/** A channel with its host and the sockets of its sessions, in the order in which they joined. */
class Driven {
  readonly host = new RecordingHost();
  readonly channel = new EnvironmentChannel('production' as EnvironmentId, this.host);
  readonly sockets: RecordingSocket[] = [];
  readonly sessions: SubscriberSession[] = [];
  sequence = 0;

  join(resumeFrom?: string): RecordingSocket {
    const socket = new RecordingSocket();
    this.sockets.push(socket);
    this.sessions.push(this.channel.join(socket, { resumeFrom, endsAtMs: Infinity }, NOW));
    return socket;
  }

  leave(position: number): void {
    this.sessions.splice(position, 1)[0]?.gone(0);
  }

  /** Takes the next update of epoch 1, stored now. */
  update(updatedAt: string): void {
    this.channel.take(anUpdate(++this.sequence, updatedAt, NOW.epochMs), 1, NOW);
  }

  /** Runs the pass to its end. */
  pass(): void {
    while (this.channel.spread(1000, 0) === 'more');
  }

  /** What was asked of the host and written to sockets since the last time. */
  effects(): string[] {
    return [...this.host.take(), ...this.sockets.flatMap((socket) => socket.take())];
  }

  /** Brings an event about by what really causes it; false where nothing can, in this state. */
  cause(event: ChannelEvent): boolean {
    switch (event) {
      case 'joined':
        this.join();
        return true;
      case 'left':
        if (this.channel.sessions.size === 0) return false;
        // Joining does not change a state that has sessions, and one that stays makes this no last leave.
        this.join();
        this.effects();
        this.leave(0);
        return true;
      case 'lastLeft':
        if (this.channel.sessions.size === 0) return false;
        while (this.channel.sessions.size > 1) this.leave(0);
        this.effects();
        this.leave(0);
        return true;
      case 'updated':
        this.update('123');
        return true;
      case 'sliceDone':
        this.join();
        this.effects();
        return this.channel.spread(1, 0) === 'more' || this.channel.state !== 'spreading';
      case 'passDone':
        this.channel.spread(1000, 0);
        return true;
    }
  }
}

type Outcome = readonly [state: ChannelState, effects: readonly string[]];
const FIRST = eventBytes(1, '123');

/** Each state × every event, by hand. Where nothing can cause an event the state has no entry for it. */
const EXPECTED: Readonly<Record<ChannelState, Readonly<Partial<Record<ChannelEvent, Outcome>>>>> = {
  empty: {
    joined: ['quiet', []],
    updated: ['empty', []],
    sliceDone: ['quiet', []],
    passDone: ['empty', []],
  },
  quiet: {
    joined: ['quiet', []],
    left: ['quiet', ['sessionLeft']],
    lastLeft: ['empty', ['sessionLeft', 'emptied']],
    updated: ['spreading', ['requestSlice']],
    sliceDone: ['quiet', []],
    passDone: ['quiet', []],
  },
  spreading: {
    joined: ['spreading', [FIRST]],
    left: ['spreading', ['sessionLeft']],
    lastLeft: ['empty', ['sessionLeft', 'passEnded', 'emptied']],
    updated: ['spreading', []],
    sliceDone: ['spreading', ['requestSlice', FIRST]],
    passDone: ['quiet', ['passEnded', FIRST]],
  },
};

describe('An environment channel', () => {
  const paths = getShortestPaths(channelMachine);

  it('has a shortest path to every state', () => {
    const reached = paths.map((path) => path.state.value as string);
    expect(reached.sort()).to.deep.equal([...channelTable.states].sort());
  });

  for (const path of paths) {
    const from = path.state.value as ChannelState;
    const way = path.steps.map((step) => step.event.type).filter((type) => !type.startsWith('xstate.'));
    for (const event of channelTable.events)
      it(`${from} takes ${event}`, () => {
        const driven = new Driven();
        for (const step of way) driven.cause(step as ChannelEvent);
        expect(driven.channel.state).to.equal(from);
        driven.effects();
        const outcome = EXPECTED[from][event];
        expect(driven.cause(event), 'whether the event can come about').to.equal(outcome !== undefined);
        if (outcome !== undefined) expect([driven.channel.state, driven.effects()]).to.deep.equal(outcome);
      });
  }

  it('writes the register to who joins, and nothing where there is none', () => {
    const driven = new Driven();
    expect(driven.join().take()).to.deep.equal([]);
    driven.update('1733480514.079725');
    expect(driven.join().take()).to.deep.equal([eventBytes(1, '1733480514.079725')]);
  });

  it('tells who joins the greatest, and who is up to date every update in log order', () => {
    const driven = new Driven();
    const first = driven.join();
    for (const updatedAt of ['1000000003.000000', '1000000001.000000', '1000000002.000000']) {
      driven.update(updatedAt);
      driven.pass();
    }
    expect(first.take()).to.deep.equal([
      eventBytes(1, '1000000003.000000'),
      eventBytes(2, '1000000001.000000'),
      eventBytes(3, '1000000002.000000'),
    ]);
    expect(driven.join().take()).to.deep.equal([eventBytes(1, '1000000003.000000')]);
  });

  it('tells who missed one update that one, and who missed more of them the greatest', () => {
    const driven = new Driven();
    const socket = driven.join();
    driven.update('1000000009.000000');
    driven.pass();
    driven.update('1000000001.000000');
    driven.update('1000000003.000000');
    driven.update('1000000002.000000');
    driven.pass();
    driven.update('1000000004.000000');
    driven.pass();
    expect(socket.take()).to.deep.equal([
      eventBytes(1, '1000000009.000000'),
      eventBytes(1, '1000000009.000000'),
      eventBytes(5, '1000000004.000000'),
    ]);
  });

  it('counts the head of a stream as heard: what a joiner was told it is not told by the pass under way', () => {
    const driven = new Driven();
    driven.join();
    driven.update('123');
    const joiner = driven.join();
    driven.pass();
    expect(joiner.take()).to.deep.equal([FIRST]);
  });

  it('spares a client that resumes from the newest event that event, and nothing else', () => {
    const driven = new Driven();
    driven.update('123');
    expect(driven.join('1-123').take()).to.deep.equal([]);
    expect(driven.join('1-124').take()).to.deep.equal([FIRST]);
    driven.update('124');
    driven.pass();
    expect(driven.sockets[0]?.take()).to.deep.equal([eventBytes(2, '124')]);
  });

  it('closes a socket that throws when it joins, and is empty again', () => {
    const driven = new Driven();
    driven.update('123');
    const socket = new RecordingSocket();
    socket.answers = 'throw';
    const session = driven.channel.join(socket, { endsAtMs: Infinity }, NOW);
    expect([session.state, session.closeReason, socket.take()]).to.deep.equal(['closed', 'failed', [FIRST, 'close']]);
    expect([driven.channel.state, driven.host.take()]).to.deep.equal(['empty', ['sessionLeft', 'emptied']]);
  });

  it('encodes an update once for everybody', () => {
    const driven = new Driven();
    for (let joined = 0; joined < 100; joined++) driven.join();
    driven.update('123');
    driven.pass();
    expect(driven.host.encoded).to.equal(1);
  });

  it('shows an update until its retention by the time at which the log took it, and to who is here even after', () => {
    const driven = new Driven();
    const { channel } = driven;
    const here = driven.join();
    channel.take(anUpdate(1, '123', NOW.epochMs - HOUR_MS), 1, NOW);
    driven.pass();
    expect(here.take()).to.deep.equal([FIRST]);
    expect(driven.join().take()).to.deep.equal([]);
    channel.take(anUpdate(2, '124', NOW.epochMs - HOUR_MS + 1), 1, NOW);
    expect(channel.newest(NOW.epochMs)?.updatedAt).to.equal('124');
    expect(channel.newest(NOW.epochMs + 1)).to.equal(undefined);
  });

  describe('that is told an update again', () => {
    const told = (channel: EnvironmentChannel, sequence: number, updatedAt: string, epoch: number): boolean =>
      channel.take(anUpdate(sequence, updatedAt, NOW.epochMs), epoch, NOW);

    it('ignores the same or a lower sequence within an epoch, whatever its value', () => {
      const { channel } = new Driven();
      expect(told(channel, 5, '123', 1)).to.equal(true);
      expect(told(channel, 5, '123', 1)).to.equal(false);
      expect(told(channel, 5, '124', 1)).to.equal(false);
      expect(told(channel, 4, '125', 1)).to.equal(false);
      expect(channel.latest?.updatedAt).to.equal('123');
    });

    it('tells nobody twice what a new epoch replays', () => {
      const { channel } = new Driven();
      told(channel, 5, '123', 1);
      expect(told(channel, 5, '123', 2)).to.equal(false);
      expect(channel.version).to.equal(1);
    });

    it('takes whatever differs in a new epoch, for the stream may be a new one', () => {
      const { channel } = new Driven();
      told(channel, 5, '123', 1);
      expect(told(channel, 1, '123', 2)).to.equal(true);
      expect(told(channel, 1, '124', 3)).to.equal(true);
      expect(told(channel, 2, '125', 3)).to.equal(true);
    });

    it('goes on by the sequence after a replay that was no news', () => {
      const { channel } = new Driven();
      told(channel, 5, '123', 1);
      told(channel, 5, '123', 2);
      expect(told(channel, 4, '122', 2)).to.equal(false);
      expect(told(channel, 6, '124', 2)).to.equal(true);
    });
  });

  describe('during a pass', () => {
    it('visits as many sessions as it may, and goes on where it was', () => {
      const driven = new Driven();
      const sockets = Array.from({ length: 5 }, () => driven.join());
      driven.update('123');
      expect(driven.channel.spread(2, 0)).to.equal('more');
      expect(sockets.map((socket) => socket.take().length)).to.deep.equal([1, 1, 0, 0, 0]);
      expect(driven.channel.spread(2, 0)).to.equal('more');
      expect(driven.channel.spread(2, 0)).to.equal('done');
      expect(sockets.map((socket) => socket.take().length)).to.deep.equal([0, 0, 1, 1, 1]);
    });

    it('goes round again for those who were reached before a newer update', () => {
      const driven = new Driven();
      const [first, second] = [driven.join(), driven.join()];
      driven.update('123');
      driven.channel.spread(1, 0);
      driven.update('124');
      driven.pass();
      expect(first.take()).to.deep.equal([FIRST, eventBytes(2, '124')]);
      expect(second.take()).to.deep.equal([eventBytes(2, '124')]);
    });

    it('passes nobody over when sessions leave, the one before the next and the next itself included', () => {
      const driven = new Driven();
      const sockets = Array.from({ length: 4 }, () => driven.join());
      driven.update('123');
      driven.channel.spread(2, 0);
      driven.leave(0);
      driven.leave(1);
      driven.pass();
      expect(sockets.map((socket) => socket.take().length)).to.deep.equal([1, 1, 0, 1]);
    });

    it('goes on when a socket throws: its session goes, and the others hear the update', () => {
      const driven = new Driven();
      const sockets = Array.from({ length: 3 }, () => driven.join());
      (sockets[1] as RecordingSocket).answers = 'throw';
      driven.update('123');
      driven.pass();
      expect(sockets.map((socket) => socket.take())).to.deep.equal([[FIRST], [FIRST, 'close'], [FIRST]]);
      expect(driven.sessions.map((session) => session.state)).to.deep.equal(['streaming', 'closed', 'streaming']);
      expect(driven.sessions.map((session) => session.closeReason)[1]).to.equal('failed');
      expect(driven.channel.sessions.size).to.equal(2);
      expect(driven.host.failures).to.include('a socket that breaks its promise');
    });

    it('skips an update that cannot be encoded, once for all: every session stays, and receives the next', () => {
      const driven = new Driven();
      const sockets = Array.from({ length: 3 }, () => driven.join());
      driven.host.encodesNothing = true;
      driven.update('123');
      driven.channel.spread(1, 0);
      const late = driven.join();
      driven.pass();
      expect([...sockets, late].flatMap((socket) => socket.take())).to.deep.equal([]);
      expect(driven.host.encoded).to.equal(1);
      driven.host.encodesNothing = false;
      driven.update('124');
      driven.pass();
      for (const socket of [...sockets, late]) expect(socket.take()).to.deep.equal([eventBytes(2, '124')]);
      expect(driven.channel.sessions.size).to.equal(4);
    });

    it('goes on when sockets are closed or congested', () => {
      const driven = new Driven();
      const sockets = Array.from({ length: 3 }, () => driven.join());
      (sockets[0] as RecordingSocket).answers = 'closed';
      (sockets[1] as RecordingSocket).answers = 'congested';
      driven.update('123');
      driven.pass();
      expect(sockets[2]?.take()).to.deep.equal([FIRST]);
      expect(driven.sessions.map((session) => session.state)).to.deep.equal(['closed', 'congested', 'streaming']);
    });
  });
});
