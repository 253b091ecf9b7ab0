import { expect } from 'chai';
import { type SessionEvent, type SessionState, sessionTable } from '../../domain/subscriber-session.machine.ts';
import { DrivenSession, sessionPaths } from '../../infrastructure/testing/driven-session.ts';

const LIMITS = DrivenSession.limits;

type Outcome = readonly [state: SessionState, effects: readonly string[]];
const IGNORED = (state: SessionState): Outcome => [state, []];

/** Each state × every event, by hand: comparing the actor with its own machine would prove nothing. */
const EXPECTED: Readonly<Record<SessionState, Readonly<Record<SessionEvent, Outcome>>>> = {
  streaming: {
    update: ['streaming', ['frame 0..1']],
    keepAliveDue: ['streaming', ['keep-alive']],
    congested: ['congested', ['frame 0..1']],
    drainedBehind: IGNORED('streaming'),
    drainedCurrent: IGNORED('streaming'),
    end: ['closed', ['end', 'leave']],
    endBehind: ['closed', ['frame 0..1', 'end', 'leave']],
    giveUp: IGNORED('streaming'),
    gone: ['closed', ['leave']],
    failed: ['closed', ['keep-alive', 'close', 'leave']],
  },
  congested: {
    update: IGNORED('congested'),
    keepAliveDue: ['congested', ['rearm']],
    congested: IGNORED('congested'),
    drainedBehind: ['streaming', ['frame 1..2']],
    drainedCurrent: IGNORED('streaming'),
    end: IGNORED('ending'),
    endBehind: IGNORED('ending'),
    giveUp: ['closed', ['close', 'leave']],
    gone: ['closed', ['leave']],
    failed: ['closed', ['rearm', 'close', 'leave']],
  },
  ending: {
    update: IGNORED('ending'),
    keepAliveDue: ['ending', ['rearm']],
    congested: IGNORED('ending'),
    drainedBehind: ['closed', ['frame 1..2', 'end', 'leave']],
    drainedCurrent: ['closed', ['end', 'leave']],
    end: IGNORED('ending'),
    endBehind: IGNORED('ending'),
    giveUp: ['closed', ['close', 'leave']],
    gone: ['closed', ['leave']],
    failed: ['closed', ['rearm', 'close', 'leave']],
  },
  closed: {
    update: IGNORED('closed'),
    keepAliveDue: IGNORED('closed'),
    congested: IGNORED('closed'),
    drainedBehind: IGNORED('closed'),
    drainedCurrent: IGNORED('closed'),
    end: IGNORED('closed'),
    endBehind: IGNORED('closed'),
    giveUp: IGNORED('closed'),
    gone: IGNORED('closed'),
    failed: IGNORED('closed'),
  },
};

describe('A subscriber session', () => {
  const paths = sessionPaths();

  it('is driven to each of its states, and there by each of its events', () => {
    const wanted = Object.entries(EXPECTED).flatMap(([from, row]) =>
      Object.keys(row).map((event) => `${from} takes ${event}`),
    );
    expect(paths.map(({ title }) => title)).to.have.members(wanted);
    expect(wanted).to.have.length(sessionTable.states.length * sessionTable.events.length);
  });

  for (const path of paths)
    it(path.title, () => {
      const driven = path.drive();
      expect(driven.session.state).to.equal(path.from);
      driven.cause(path.event);
      const [state, effects] = EXPECTED[path.from][path.event];
      expect([driven.session.state, driven.effects()]).to.deep.equal([state, effects]);
      expect(path.next).to.equal(state);
      if (path.isIgnored) expect(effects).to.deep.equal([]);
    });

  it('receives an update once', () => {
    const { session, socket, channel } = new DrivenSession();
    channel.version++;
    session.update(0);
    session.update(0);
    expect(socket.take()).to.deep.equal(['frame 0..1']);
    expect(session.isBehind).to.equal(false);
  });

  it('has received an update whose write was congested', () => {
    const driven = new DrivenSession();
    driven.cause('congested');
    driven.effects();
    expect(driven.session.isBehind).to.equal(false);
    driven.session.drained(0);
    expect(driven.effects()).to.deep.equal([]);
  });

  it('receives one event for everything that it missed while it was congested', () => {
    const driven = new DrivenSession();
    driven.cause('congested');
    for (let missed = 0; missed < 1000; missed++) driven.cause('update');
    expect(driven.effects()).to.deep.equal(['frame 0..1']);
    driven.session.drained(0);
    expect(driven.effects()).to.deep.equal(['frame 1..1001']);
    expect(driven.session.isBehind).to.equal(false);
  });

  it('is congested again when what it missed congests it', () => {
    const driven = new DrivenSession();
    driven.cause('congested');
    driven.socket.answers = 'congested';
    driven.cause('drainedBehind');
    expect(driven.session.state).to.equal('congested');
  });

  it('leaves when a write or a keep-alive finds the socket closed, and is not touched any more', () => {
    for (const event of ['update', 'keepAliveDue'] as const) {
      const driven = new DrivenSession();
      driven.socket.answers = 'closed';
      driven.cause(event);
      expect(driven.session.state).to.equal('closed');
      expect(driven.effects().at(-1)).to.equal('leave');
      for (const later of sessionTable.events) driven.cause(later);
      expect(driven.effects()).to.deep.equal([]);
    }
  });

  it('is congested when a keep-alive congests it', () => {
    const driven = new DrivenSession();
    driven.socket.answers = 'congested';
    driven.cause('keepAliveDue');
    expect(driven.session.state).to.equal('congested');
  });

  it('ends although its last update finds the socket closed or congested', () => {
    for (const answer of ['closed', 'congested'] as const) {
      const driven = new DrivenSession();
      driven.cause('congested');
      driven.cause('end');
      driven.effects();
      driven.socket.answers = answer;
      driven.cause('drainedBehind');
      expect(driven.session.state).to.equal('closed');
      expect(driven.effects()).to.deep.equal(['frame 1..2', 'end', 'leave']);
    }
  });

  it('handles after its effects what a socket reports from inside them', () => {
    const driven = new DrivenSession();
    let leftInside = -1;
    driven.socket.duringWrite = () => {
      driven.session.gone(0);
      leftInside = driven.channel.left.length;
    };
    driven.cause('update');
    expect(leftInside).to.equal(0);
    expect(driven.session.state).to.equal('closed');
    expect(driven.effects()).to.deep.equal(['frame 0..1', 'leave']);
  });

  it('closes a socket that throws at its end, and leaves its channel', () => {
    const ways = [['end'], ['congested', 'end', 'drainedBehind']] as const;
    for (const way of ways) {
      const driven = new DrivenSession();
      for (const event of way.slice(0, -1)) driven.cause(event);
      driven.effects();
      driven.socket.answers = 'throw';
      driven.cause(way.at(-1) as SessionEvent);
      expect(driven.effects().slice(-3)).to.deep.equal(['end', 'close', 'leave']);
      expect([driven.session.state, driven.session.closeReason]).to.deep.equal(['closed', 'failed']);
    }
  });

  it('hands on what its socket threw', () => {
    const driven = new DrivenSession();
    driven.socket.answers = 'throw';
    driven.cause('update');
    expect(driven.channel.failures.map((error) => (error as Error).message)).to.deep.equal([
      'a socket that breaks its promise',
      'a socket that breaks its promise',
    ]);
    expect(driven.session.closeReason).to.equal('failed');
  });

  it('says why it closed', () => {
    const reasons = (['end', 'gone'] as const).map((event) => {
      const driven = new DrivenSession();
      driven.cause(event);
      driven.session.gone(0);
      return driven.session.closeReason;
    });
    expect(reasons).to.deep.equal(['drained', 'client']);
    const stuck = new DrivenSession();
    stuck.cause('congested');
    stuck.cause('giveUp');
    expect(stuck.session.closeReason).to.equal('congested');
  });

  describe('when it is swept', () => {
    it('sends a keep-alive when nothing was sent for the keep-alive time, and not before', () => {
      const { session, socket, channel } = new DrivenSession();
      session.sweep(14_999, LIMITS);
      expect(socket.take()).to.deep.equal([]);
      session.sweep(15_000, LIMITS);
      expect(socket.take()).to.deep.equal(['keep-alive']);
      channel.version++;
      session.update(20_000);
      session.sweep(30_000, LIMITS);
      expect(socket.take()).to.deep.equal(['frame 0..1']);
      session.sweep(35_000, LIMITS);
      expect(socket.take()).to.deep.equal(['keep-alive']);
    });

    it('re-arms a socket that does not read until the congested time has passed, then closes it', () => {
      for (const way of [['congested'], ['congested', 'end']] as const) {
        const driven = new DrivenSession();
        for (const event of way) driven.cause(event);
        driven.effects();
        driven.session.sweep(59_999, LIMITS);
        expect(driven.effects()).to.deep.equal(['rearm']);
        driven.session.sweep(60_000, LIMITS);
        expect(driven.effects()).to.deep.equal(['close', 'leave']);
        expect(driven.session.closeReason).to.equal('congested');
      }
    });

    it('ends properly at its age', () => {
      const { socket, session } = new DrivenSession(5000);
      session.sweep(4999, LIMITS);
      expect(socket.take()).to.deep.equal([]);
      session.sweep(5000, LIMITS);
      expect([socket.take(), session.state, session.closeReason]).to.deep.equal([['end'], 'closed', 'age']);
    });

    it('at its age waits for a peer that does not read, and sends it the newest update before the end', () => {
      const { socket, session, channel } = new DrivenSession(5000);
      socket.answers = 'congested';
      channel.version++;
      session.update(0);
      channel.version++;
      session.sweep(5000, LIMITS);
      expect([socket.take(), session.state]).to.deep.equal([['frame 0..1', 'rearm'], 'ending']);
      session.drained(6000);
      expect([socket.take(), session.state]).to.deep.equal([['frame 1..2', 'end'], 'closed']);
    });
  });
});
