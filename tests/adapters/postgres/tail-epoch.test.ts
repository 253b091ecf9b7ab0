import { expect } from 'chai';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import type { Row, Session, Statement } from '../../../adapters/postgres/session.ts';
import { type EpochEnd, TailEpoch } from '../../../adapters/postgres/tail-epoch.ts';
import { UpdateTable } from '../../../adapters/postgres/update-table.ts';
import { RecordedFollower } from '../../../infrastructure/contract/recorded-follower.ts';
import { env } from '../../support/memory/memory-instance.ts';

const CHANNEL = 'halyard.update_log';
const HOME = env('home');

/** One epoch on a session whose answers the test gives. */
class World {
  readonly clock = new StepClock();
  readonly follower = new RecordedFollower();
  readonly skipped: string[] = [];
  readonly notified: string[] = [];
  readonly epoch: TailEpoch;
  readonly ended: Promise<EpochEnd>;
  end: EpochEnd | undefined;
  #asked: { readonly statement: Statement; readonly answer: (rows: readonly Row[] | Error) => void }[] = [];
  #take: (channel: string, payload: string) => void = () => undefined;
  #close: (reason: string) => void = () => undefined;
  wasSilent = false;
  #isAlive = false;

  constructor() {
    const closed = new Promise<string>((resolve) => (this.#close = resolve));
    const wasSilent = (): boolean => this.wasSilent;
    const session = {
      closed,
      get wasSilent() {
        return wasSilent();
      },
      onNotification: (take: (channel: string, payload: string) => void) => (this.#take = take),
      query: (statement: Statement) =>
        new Promise((resolve, reject) => {
          const answer = (rows: readonly Row[] | Error): void => (rows instanceof Error ? reject(rows) : resolve(rows));
          if (this.#isAlive) answer([{ file: '1' }]);
          else this.#asked.push({ statement, answer });
        }),
      end: (reason: string) => this.#close(reason),
      close: () => {
        this.#close('closed');
        return closed;
      },
    };
    this.epoch = new TailEpoch({
      session: session as unknown as Session,
      table: new UpdateTable('halyard', 3_600_000),
      file: '1',
      follower: this.follower,
      epoch: 1,
      keptMs: 3_600_000,
      clock: this.clock,
      random: () => 0.5,
      notify: (payload) => void this.notified.push(payload),
      skipped: (reason) => void this.skipped.push(reason),
    });
    this.ended = this.epoch.run();
    void this.ended.then((end) => (this.end = end));
  }

  /** Answers the statement that was sent, which has to be this one. */
  async answers(name: string, rows: readonly Row[] | Error = []): Promise<void> {
    await this.clock.settle();
    const asked = this.#asked.shift();
    expect(asked?.statement.name ?? asked?.statement.text).to.equal(name);
    asked?.answer(rows);
    await this.clock.settle();
  }

  notifies(payload: string, channel = CHANNEL): void {
    this.#take(channel, payload);
  }

  /** The network, or the server, ends the session. */
  async closes(): Promise<void> {
    this.#close('gone');
    await this.clock.settle();
  }

  async passes(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.clock.settle();
  }

  /** The same, while it answers each request for a sign of life. */
  async answersWhile(ms: number): Promise<void> {
    this.#isAlive = true;
    await this.passes(ms);
  }

  /** Answers everything until the epoch is caught up. */
  async catchesUp(rows: readonly Row[] = []): Promise<void> {
    await this.answers(LISTEN);
    await this.answers('page', rows);
    this.notifies(this.notified.at(-1) ?? '');
    await this.clock.settle();
    expect(this.kinds.at(-1)).to.equal('caughtUp');
  }

  get kinds(): readonly string[] {
    return this.follower.calls.map(({ kind }) => kind);
  }
}

const LISTEN = `LISTEN "${CHANNEL}"`;

function row(environment: string, sequence: number, updatedAt = String(sequence)): Row {
  return { environment, updated_at: updatedAt, sequence: String(sequence), stored_ms: '9', first_stored_ms: null };
}

describe('An epoch on PostgreSQL', () => {
  it('listens, reads page by page, and proves that it is notified', async () => {
    const world = new World();
    await world.answers(LISTEN);
    expect(world.kinds).to.deep.equal(['started']);
    await world.answers(
      'page',
      Array.from({ length: 500 }, (_, index) => row(`e${index}`, index + 1)),
    );
    await world.answers('page', [row('home', 7)]);
    expect(world.follower.values(HOME)).to.deep.equal(['7']);
    expect(world.kinds).not.to.include('caughtUp');
    expect(world.notified).to.have.length(1);
    world.notifies('? 1 another');
    world.notifies(world.notified[0] ?? '', 'other.update_log');
    await world.clock.settle();
    expect(world.kinds).not.to.include('caughtUp');
    world.notifies(world.notified[0] ?? '');
    await world.clock.settle();
    expect(world.kinds.at(-1)).to.equal('caughtUp');
  });

  it('begins with a notification that is ahead of the answer to LISTEN', async () => {
    const world = new World();
    world.notifies('home 8 9 - 8');
    expect(world.kinds).to.deep.equal(['started', 'updated']);
    await world.catchesUp();
    expect(world.kinds).to.deep.equal(['started', 'updated', 'caughtUp']);
  });

  it('delivers the later one of a row and a notification, whichever comes first', async () => {
    const world = new World();
    await world.answers(LISTEN);
    world.notifies('home 8 9 - 8');
    world.notifies('office 2 9 - 2');
    await world.answers('page', [row('home', 7), row('office', 3)]);
    world.notifies('home 8 9 - 8');
    world.notifies('office 3 9 - 3');
    world.notifies('home 9 9 - 9');
    expect(world.follower.values(HOME)).to.deep.equal(['8', '9']);
    expect(world.follower.values(env('office'))).to.deep.equal(['2', '3']);
  });

  it('skips rows that are not updates, and reads on after them', async () => {
    const world = new World();
    await world.answers(LISTEN);
    await world.answers('page', [row('not a key', 1), row('home', 2, 'yesterday'), row('home', 3)]);
    world.notifies('nonsense');
    expect(world.skipped).to.deep.equal(['subject', 'content', 'metadata']);
    expect(world.follower.values(HOME)).to.deep.equal(['3']);
  });

  it('is lost if its test notification does not arrive', async () => {
    const world = new World();
    await world.answers(LISTEN);
    await world.answers('page');
    await world.passes(3000);
    expect(world.end).to.equal(undefined);
    await world.passes(500);
    expect(world.end).to.deep.equal({ reason: 'unproved' });
    expect(world.kinds).to.deep.equal(['started', 'lost']);
  });

  it('is lost 3 to 3.5 seconds after an update that was stored here and does not arrive', async () => {
    const world = new World();
    await world.catchesUp();
    await world.passes(250);
    world.epoch.stored(HOME, 7);
    await world.answersWhile(3000);
    expect(world.end).to.equal(undefined);
    await world.answersWhile(500);
    expect(world.end).to.deep.equal({ reason: 'own_append_missing' });
  });

  it('is not lost if that update, or a later one of its environment, arrives before or after', async () => {
    const world = new World();
    await world.catchesUp([row('early', 5)]);
    world.epoch.stored(env('early'), 5);
    world.epoch.stored(HOME, 7);
    world.epoch.stored(env('office'), 7);
    world.notifies('home 7 9 - 1');
    world.notifies('office 9 9 - 1');
    await world.answersWhile(10_000);
    expect(world.end).to.equal(undefined);
  });

  it('waits for the last of several that were stored here', async () => {
    const world = new World();
    await world.catchesUp();
    world.epoch.stored(HOME, 7);
    world.epoch.stored(HOME, 9);
    world.notifies('home 7 9 - 1');
    await world.answersWhile(4000);
    expect(world.end).to.deep.equal({ reason: 'own_append_missing' });
  });

  it('proves itself again when another session sends', async () => {
    const world = new World();
    await world.catchesUp();
    world.epoch.senderChanged();
    expect(world.notified).to.have.length(2);
    await world.answersWhile(4000);
    expect(world.end).to.deep.equal({ reason: 'unproved' });
  });

  it('has its test notification sent again by a new session while it waits', async () => {
    const world = new World();
    await world.answers(LISTEN);
    world.epoch.senderChanged();
    await world.answers('page');
    world.epoch.senderChanged();
    expect(world.notified).to.have.length(2);
    expect(new Set(world.notified).size).to.equal(1);
  });

  it('forgets environments that no longer have a row in the table', async () => {
    const world = new World();
    await world.catchesUp();
    const [later, sooner] = [20_000_000, 5];
    world.notifies(`home ${sooner} 9 - 1`);
    for (let index = 0; index < 10_000; index++) world.notifies(`e${index} ${later} 9 - 1`);
    world.notifies(`home ${sooner} 9 - 1`);
    world.notifies(`e1 ${later} 9 - 1`);
    expect(world.follower.values(HOME)).to.deep.equal(['1', '1']);
    expect(world.follower.values(env('e1'))).to.deep.equal(['1']);
  });

  it('is lost when a statement of the replay fails', async () => {
    const world = new World();
    await world.answers(LISTEN);
    const error = new Error('canceling statement due to statement timeout');
    await world.answers('page', error);
    expect(world.end).to.deep.equal({ reason: 'replay_failed', error });
  });

  it('is lost when its session ends', async () => {
    const world = new World();
    await world.catchesUp();
    await world.closes();
    expect(world.end).to.deep.equal({ reason: 'disconnected' });
    expect(world.follower.losses).to.deep.equal(['disconnected']);
  });

  it('is lost when its session is silent', async () => {
    const world = new World();
    await world.catchesUp();
    await world.passes(1000);
    world.wasSilent = true;
    await world.answers('file', new Error('gave no answer'));
    expect(world.end?.reason).to.equal('silent');
  });

  it('is lost when the table is dropped, truncated or recreated', async () => {
    for (const file of [null, '2']) {
      const world = new World();
      await world.catchesUp();
      await world.passes(1000);
      await world.answers('file', [{ file: '1' }]);
      await world.passes(1000);
      await world.answers('file', [{ file }]);
      expect(world.end).to.deep.equal({ reason: 'table_replaced' });
    }
  });

  it('calls no follower after it is stopped', async () => {
    const world = new World();
    await world.catchesUp();
    const before = world.kinds;
    await world.epoch.stop();
    world.notifies('home 8 9 - 8');
    await world.passes(10_000);
    expect(world.kinds).to.deep.equal(before);
  });
});
