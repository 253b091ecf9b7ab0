import { expect } from 'chai';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import { type AppendAnswer, Appender } from '../../../adapters/postgres/appender.ts';
import type { Row, Session, Statement } from '../../../adapters/postgres/session.ts';
import { UpdateTable } from '../../../adapters/postgres/update-table.ts';
import { env, time } from '../../support/memory/memory-instance.ts';

const SERVER_MS = 1_700_000_000_000;

/** An appender on a session whose answers the test gives. */
class World {
  readonly clock = new StepClock();
  readonly appender: Appender;
  readonly asked: Statement[] = [];
  #answers: ((rows: readonly Row[] | Error) => void)[] = [];
  #close: (reason: string) => void = () => undefined;
  #isOver = false;

  constructor() {
    const isOver = (): boolean => this.#isOver;
    const session = {
      closed: new Promise<string>((resolve) => (this.#close = resolve)),
      get isOver() {
        return isOver();
      },
      query: (statement: Statement) =>
        new Promise((resolve, reject) => {
          this.asked.push(statement);
          this.#answers.push((rows) => (rows instanceof Error ? reject(rows) : resolve(rows)));
        }),
    };
    const table = new UpdateTable('halyard', 3_600_000);
    this.appender = new Appender(session as unknown as Session, table, this.clock, SERVER_MS, () => undefined);
  }

  append(environment: string, value: number, options: { timeoutMs?: number; expected?: number } = {}) {
    const { timeoutMs = 1500, expected } = options;
    return this.appender.append({
      environment: env(environment),
      updatedAt: time(value),
      deadlineMs: this.clock.monotonicMs() + timeoutMs,
      expectedSequence: expected,
      firstStoredAtMs: undefined,
    });
  }

  /** The environments of the statement that is asked, which is an append. */
  async batch(): Promise<readonly unknown[]> {
    await this.clock.settle();
    const last = this.asked.at(-1);
    expect(last?.name).to.equal('append');
    return last?.values?.[0] as readonly unknown[];
  }

  async answers(rows: readonly Row[] | Error): Promise<void> {
    await this.clock.settle();
    this.#answers.shift()?.(rows);
    await this.clock.settle();
  }

  /** The answer that everything was stored. */
  async stores(): Promise<void> {
    const names = await this.batch();
    await this.answers(names.map((environment) => ({ environment, sequence: '7', now_ms: String(SERVER_MS) })));
  }

  async ends(): Promise<void> {
    this.#isOver = true;
    this.#close('gone');
    for (const answer of this.#answers) answer(new Error('gone'));
    await this.clock.settle();
  }
}

function refusal(code: string): Error {
  return Object.assign(new Error(`refused with ${code}`), { code });
}

describe('Appends to PostgreSQL', () => {
  it('of one turn go into one statement, and those that arrive while it runs into the next one', async () => {
    const world = new World();
    const first = [world.append('a', 1), world.append('b', 1)];
    expect(await world.batch()).to.deep.equal(['a', 'b']);
    const next = [world.append('c', 1), world.append('d', 1), world.append('c', 2)];
    await world.clock.settle();
    expect(world.asked).to.have.length(1);
    await world.stores();
    expect((await Promise.all(first)).map(({ kind }) => kind)).to.deep.equal(['stored', 'stored']);
    expect(await world.batch()).to.deep.equal(['c', 'd']);
    await world.stores();
    expect(await world.batch(), 'one an environment').to.deep.equal(['c']);
    await world.stores();
    expect((await Promise.all(next)).map(({ kind }) => kind)).to.deep.equal(['stored', 'stored', 'stored']);
    expect(world.asked).to.have.length(3);
  });

  it('are at most 500 per statement', async () => {
    const world = new World();
    const all = Promise.all(Array.from({ length: 1200 }, (_, index) => world.append(`e${index}`, 1)));
    for (const size of [500, 500, 200]) {
      expect(await world.batch()).to.have.length(size);
      await world.stores();
    }
    expect(new Set((await all).map(({ kind }) => kind))).to.deep.equal(new Set(['stored']));
  });

  it('each state until when they may be stored, by the clock of the server', async () => {
    const world = new World();
    void world.append('a', 1, { timeoutMs: 1500 });
    void world.append('b', 1, { timeoutMs: 20 });
    await world.batch();
    expect(world.asked[0]?.values?.[4]).to.deep.equal([SERVER_MS + 1500, SERVER_MS + 20]);
  });

  it('are settled by their deadline, and not sent after it', async () => {
    const world = new World();
    const [sent, waiting] = [world.append('a', 1), world.append('a', 2, { timeoutMs: 300 })];
    await world.batch();
    await world.clock.advance(300);
    expect(await waiting).to.deep.equal({ kind: 'unavailable', reason: 'timeout' });
    await world.stores();
    expect((await sent).kind).to.equal('stored');
    expect(world.asked).to.have.length(1);
  });

  it('that were not stored are looked up, and the stored update is reported', async () => {
    const world = new World();
    const answers = Promise.all([
      world.append('newer', 1, { expected: 3 }),
      world.append('none', 1, { expected: 3 }),
      world.append('old', 1, { expected: 3 }),
      world.append('garbage', 1, { expected: 3 }),
      world.append('late', 1, { expected: 3 }),
      world.append('free', 1),
    ]);
    await world.batch();
    await world.answers([]);
    expect(world.asked.at(-1)?.name).to.equal('last');
    const row = (environment: string, sequence: number, others: Row = {}): Row => ({
      environment,
      sequence: String(sequence),
      updated_at: '5',
      stored_ms: '9',
      first_stored_ms: null,
      expired: false,
      ...others,
    });
    await world.answers([
      row('newer', 4),
      row('old', 4, { expired: true }),
      row('garbage', 4, { updated_at: 'x' }),
      row('late', 3),
      row('free', 8),
    ]);
    const timeout: AppendAnswer = { kind: 'unavailable', reason: 'timeout' };
    expect(await answers).to.deep.equal([
      { kind: 'conflict', last: { sequence: 4, updatedAt: '5', storedAtMs: 9 } },
      { kind: 'conflict', last: undefined },
      { kind: 'conflict', last: undefined },
      { kind: 'garbage', sequence: 4 },
      timeout,
      timeout,
    ]);
  });

  it('that waited for one row are sent again without it', async () => {
    const world = new World();
    const answers = Promise.all([world.append('held', 1), world.append('free', 1)]);
    await world.batch();
    await world.answers(refusal('55P03'));
    expect(world.asked.at(-1)?.name).to.equal('locked');
    await world.answers([{ environment: 'held' }]);
    expect(await world.batch()).to.deep.equal(['free']);
    await world.stores();
    expect((await answers).map(({ kind }) => kind)).to.deep.equal(['unavailable', 'stored']);
    // It has cost others their time, so the next one is checked first.
    const next = Promise.all([world.append('held', 2), world.append('free', 2)]);
    await world.clock.settle();
    expect(world.asked.at(-1)?.values).to.deep.equal([['held']]);
    await world.answers([]);
    expect(await world.batch()).to.deep.equal(['held', 'free']);
    await world.stores();
    expect((await next).map(({ kind }) => kind)).to.deep.equal(['stored', 'stored']);
  });

  it("are unavailable, with the server's reason, if it refuses a statement", async () => {
    const world = new World();
    const answer = world.append('a', 1);
    await world.batch();
    await world.answers(refusal('53100'));
    expect(await answer).to.deep.equal({ kind: 'unavailable', reason: 'refused with 53100' });
  });

  it('are all unavailable when the session ends', async () => {
    const world = new World();
    const answers = [world.append('a', 1), world.append('a', 2)];
    await world.batch();
    await world.ends();
    answers.push(world.append('b', 1));
    expect((await Promise.all(answers)).map(({ kind }) => kind)).to.deep.equal(Array(3).fill('unavailable'));
  });

  it('let a sign of life through while there are no appends', async () => {
    const world = new World();
    await world.clock.advance(1000);
    expect(world.asked.map(({ name }) => name)).to.deep.equal(['now']);
    await world.answers([{ now_ms: String(SERVER_MS + 2000) }]);
    void world.append('a', 1, { timeoutMs: 100 });
    await world.batch();
    expect(world.asked.at(-1)?.values?.[4]).to.deep.equal([SERVER_MS + 2100]);
  });
});
