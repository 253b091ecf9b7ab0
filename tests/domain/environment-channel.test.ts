import { expect } from 'chai';
import type { EnvironmentChannel } from '../../domain/environment-channel.ts';
import { type ChannelEvent, type ChannelState, channelTable } from '../../domain/environment-channel.machine.ts';
import { channelPaths, DrivenChannel } from '../../infrastructure/testing/driven-channel.ts';
import { RecordingSocket } from '../../infrastructure/testing/recording-socket.ts';
import { anUpdate, eventBytes } from '../support/memory/an-update.ts';

const NOW = DrivenChannel.now;
const HOUR_MS = 3_600_000;

type Outcome = readonly [state: ChannelState, effects: readonly string[]];
const FIRST = eventBytes(1, '123');

/** Each state × every event, by hand: comparing the actor with its own machine would prove nothing. */
const EXPECTED: Readonly<Record<ChannelState, Readonly<Record<ChannelEvent, Outcome>>>> = {
  empty: {
    joined: ['quiet', []],
    left: ['empty', []],
    lastLeft: ['empty', []],
    updated: ['empty', []],
    sliceDone: ['empty', []],
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
  const paths = channelPaths();

  it('is driven to each of its states, and there by each of its events', () => {
    const wanted = Object.entries(EXPECTED).flatMap(([from, row]) =>
      Object.keys(row).map((event) => `${from} takes ${event}`),
    );
    expect(paths.map(({ title }) => title)).to.have.members(wanted);
    expect(wanted).to.have.length(channelTable.states.length * channelTable.events.length);
  });

  for (const path of paths)
    it(path.title, () => {
      const driven = path.drive();
      expect(driven.channel.state).to.equal(path.from);
      driven.cause(path.event);
      expect([driven.channel.state, driven.effects()]).to.deep.equal(EXPECTED[path.from][path.event]);
      expect(path.next).to.equal(driven.channel.state);
    });

  it('writes the register to a session that joins, and nothing if there is none', () => {
    const driven = new DrivenChannel();
    expect(driven.join().take()).to.deep.equal([]);
    driven.update('1733480514.079725');
    expect(driven.join().take()).to.deep.equal([eventBytes(1, '1733480514.079725')]);
  });

  it('sends a session that joins the greatest, and sessions that are up to date every update in log order', () => {
    const driven = new DrivenChannel();
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

  it('sends a session that missed one update that one, and a session that missed more the greatest', () => {
    const driven = new DrivenChannel();
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

  it('counts the head of a stream as received: the pass in progress does not send it to the new session again', () => {
    const driven = new DrivenChannel();
    driven.join();
    driven.update('123');
    const joiner = driven.join();
    driven.pass();
    expect(joiner.take()).to.deep.equal([FIRST]);
  });

  it('does not send the newest event again to a client that resumes from it', () => {
    const driven = new DrivenChannel();
    driven.update('123');
    expect(driven.join('1-123').take()).to.deep.equal([]);
    expect(driven.join('1-124').take()).to.deep.equal([FIRST]);
    driven.update('124');
    driven.pass();
    expect(driven.sockets[0]?.take()).to.deep.equal([eventBytes(2, '124')]);
  });

  it('closes a socket that throws when it joins, and is empty again', () => {
    const driven = new DrivenChannel();
    driven.update('123');
    const socket = new RecordingSocket();
    socket.answers = 'throw';
    const session = driven.channel.join(socket, { encoder: driven.encoder, endsAtMs: Infinity }, NOW);
    expect([session.state, session.closeReason, socket.take()]).to.deep.equal(['closed', 'failed', [FIRST, 'close']]);
    expect([driven.channel.state, driven.host.take()]).to.deep.equal(['empty', ['sessionLeft', 'emptied']]);
  });

  it('encodes an update once for all sessions', () => {
    const driven = new DrivenChannel();
    for (let joined = 0; joined < 100; joined++) driven.join();
    driven.update('123');
    driven.pass();
    expect(driven.encoder.encoded).to.equal(1);
  });

  it('keeps an update until its retention, counted from the time at which the log stored it, and longer for current sessions', () => {
    const driven = new DrivenChannel();
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

  describe('that receives an update again', () => {
    const told = (channel: EnvironmentChannel, sequence: number, updatedAt: string, epoch: number): boolean =>
      channel.take(anUpdate(sequence, updatedAt, NOW.epochMs), epoch, NOW);

    it('ignores the same or a lower sequence within an epoch, whatever its value', () => {
      const { channel } = new DrivenChannel();
      expect(told(channel, 5, '123', 1)).to.equal(true);
      expect(told(channel, 5, '123', 1)).to.equal(false);
      expect(told(channel, 5, '124', 1)).to.equal(false);
      expect(told(channel, 4, '125', 1)).to.equal(false);
      expect(channel.latest?.updatedAt).to.equal('123');
    });

    it('sends no session twice what a new epoch replays', () => {
      const { channel } = new DrivenChannel();
      told(channel, 5, '123', 1);
      expect(told(channel, 5, '123', 2)).to.equal(false);
      expect(channel.version).to.equal(1);
    });

    it('takes everything that differs in a new epoch, because the stream may be a new one', () => {
      const { channel } = new DrivenChannel();
      told(channel, 5, '123', 1);
      expect(told(channel, 1, '123', 2)).to.equal(true);
      expect(told(channel, 1, '124', 3)).to.equal(true);
      expect(told(channel, 2, '125', 3)).to.equal(true);
    });

    it('continues by the sequence after a replay without news', () => {
      const { channel } = new DrivenChannel();
      told(channel, 5, '123', 1);
      told(channel, 5, '123', 2);
      expect(told(channel, 4, '122', 2)).to.equal(false);
      expect(told(channel, 6, '124', 2)).to.equal(true);
    });
  });

  describe('during a pass', () => {
    it('visits as many sessions as allowed, and continues where it stopped', () => {
      const driven = new DrivenChannel();
      const sockets = Array.from({ length: 5 }, () => driven.join());
      driven.update('123');
      expect(driven.channel.spread(2, 0)).to.equal('more');
      expect(sockets.map((socket) => socket.take().length)).to.deep.equal([1, 1, 0, 0, 0]);
      expect(driven.channel.spread(2, 0)).to.equal('more');
      expect(driven.channel.spread(2, 0)).to.equal('done');
      expect(sockets.map((socket) => socket.take().length)).to.deep.equal([0, 0, 1, 1, 1]);
    });

    it('makes another round for the sessions that were reached before a newer update', () => {
      const driven = new DrivenChannel();
      const [first, second] = [driven.join(), driven.join()];
      driven.update('123');
      driven.channel.spread(1, 0);
      driven.update('124');
      driven.pass();
      expect(first.take()).to.deep.equal([FIRST, eventBytes(2, '124')]);
      expect(second.take()).to.deep.equal([eventBytes(2, '124')]);
    });

    it('skips no session when others leave, including the previous one and the next one', () => {
      const driven = new DrivenChannel();
      const sockets = Array.from({ length: 4 }, () => driven.join());
      driven.update('123');
      driven.channel.spread(2, 0);
      driven.leave(0);
      driven.leave(1);
      driven.pass();
      expect(sockets.map((socket) => socket.take().length)).to.deep.equal([1, 1, 0, 1]);
    });

    it('continues when a socket throws: its session is closed, and the others receive the update', () => {
      const driven = new DrivenChannel();
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
      const driven = new DrivenChannel();
      const sockets = Array.from({ length: 3 }, () => driven.join());
      driven.encoder.hasBug = true;
      driven.update('123');
      driven.channel.spread(1, 0);
      const late = driven.join();
      driven.pass();
      expect([...sockets, late].flatMap((socket) => socket.take())).to.deep.equal([]);
      expect(driven.encoder.encoded).to.equal(1);
      driven.encoder.hasBug = false;
      driven.update('124');
      driven.pass();
      for (const socket of [...sockets, late]) expect(socket.take()).to.deep.equal([eventBytes(2, '124')]);
      expect(driven.channel.sessions.size).to.equal(4);
    });

    it('continues when sockets are closed or congested', () => {
      const driven = new DrivenChannel();
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
