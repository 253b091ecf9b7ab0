import { expect } from 'chai';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { eventually } from '../support/eventually.ts';
import { Ledger } from '../support/clients/ledger.ts';
import type { StreamClient } from '../support/clients/stream-client.ts';
import { Instance, startPair } from '../support/servers/fleet.ts';
import { PostgresServer } from '../support/servers/postgres-server.ts';
import { onPostgres } from '../support/servers/shared-log.ts';

const CEILING_MS = 30_000;
/** Refusals come sooner, for the sake of the suite. */
const IMPATIENT = { APPEND_DEADLINE_MS: '500' };

describe('Nothing acknowledged is lost on PostgreSQL', function () {
  this.timeout(120_000);
  const closing: { close(): Promise<void> }[] = [];
  let server: PostgresServer;
  let schema: string;
  let table: string;

  before(async function () {
    // PostgreSQL may have to be fetched first.
    this.timeout(300_000);
    server = await PostgresServer.start();
  });

  after(() => server.close());

  let schemas = 0;
  beforeEach(() => {
    schema = `test_${++schemas}`;
    table = `${schema}.update_log`;
  });

  afterEach(async () => {
    // Whatever a test did to it and did not undo, because it failed.
    server.resume();
    if (!server.isRunning) await server.restart();
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  const log = () => onPostgres(server, { POSTGRES_SCHEMA: schema, ...IMPATIENT });
  const pair = () => startPair(log(), closing);

  async function start(environment: Record<string, string> = {}): Promise<Instance> {
    const instance = await Instance.start(log(), environment);
    closing.push(instance);
    return instance;
  }

  /** A subscriber at an instance that starts only now. */
  async function lateSubscriber(): Promise<StreamClient> {
    const late = await start();
    await late.ready();
    return late.subscribe('home');
  }

  async function stored(environment: string): Promise<unknown> {
    const [row] = await server.query(`SELECT updated_at FROM ${table} WHERE environment = $1`, [environment]);
    return row?.['updated_at'];
  }

  async function storedAgain(ledger: Ledger): Promise<void> {
    const before = ledger.count(200);
    await eventually('some are stored again', () => ledger.count(200) > before + 10, CEILING_MS);
  }

  it('when an update is posted at one instance: subscribers at both receive it', async () => {
    const { a, b, subscribers, ledger } = await pair();
    for (const { port } of [a, b, a]) {
      await ledger.store(port);
      await ledger.hear(subscribers);
    }
    for (const { heard } of subscribers) expect(heard.length).to.be.at.least(3);
    await ledger.settle([await lateSubscriber()]);
  });

  it('when PostgreSQL is killed and started again, with posts before, during and after', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    await server.kill();
    await eventually('some are refused', () => ledger.count(503) >= 2, CEILING_MS);
    expect(await a.status('/livez')).to.equal(200);
    await server.restart();
    await storedAgain(ledger);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when PostgreSQL is killed after the last post: what was refused is received after the restart', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    await server.kill();
    expect(await Promise.all([ledger.post(a.port), ledger.post(b.port)])).to.deep.equal([503, 503]);
    await server.restart();
    await ledger.settle(subscribers);
  });

  it('when an operator stops it and starts it again', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    const lost = Promise.all([a.loses('disconnected'), b.loses('disconnected')]);
    await server.stop();
    await lost;
    await server.restart();
    await storedAgain(ledger);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when it hangs for seconds', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    const lost = Promise.all([a.loses('silent'), b.loses('silent')]);
    server.pause();
    await lost;
    server.resume();
    await storedAgain(ledger);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when its sessions are ended by pg_terminate_backend, again and again', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    for (let round = 0; round < 3; round++) {
      await storedAgain(ledger);
      // Both follow the log again.
      await ledger.hear(subscribers);
      const lost = Promise.all([a.loses('disconnected'), b.loses('disconnected')]);
      await server.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'halyard %'",
      );
      await lost;
    }
    await storedAgain(ledger);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when the connection is cut', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    for (const instance of [a, b, a]) {
      await storedAgain(ledger);
      await ledger.hear(subscribers);
      const lost = instance.loses('disconnected');
      instance.proxy.cut();
      await lost;
    }
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when connections are refused for seconds', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    await b.proxy.refuse();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are refused', () => ledger.count(503) >= 2, CEILING_MS);
    await stop();
    expect(await ledger.post(b.port)).to.equal(503);
    await b.proxy.heal();
    await ledger.settle(subscribers);
  });

  it('when the network holds everything back: what arrives late stores nothing', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(b.port);
    await ledger.hear(subscribers);
    const lost = b.loses('silent');
    b.proxy.blackHole();
    // It reaches the server when the network is healed, and a newer one is there by then.
    expect(await ledger.post(b.port)).to.equal(503);
    await ledger.store(a.port);
    await lost;
    await b.proxy.heal();
    await b.ready();
    await ledger.settle(subscribers);
    await ledger.store(b.port);
    await ledger.settle(subscribers);
    expect([a, b].map(({ telemetry }) => telemetry.count('repairTried.stored'))).to.deep.equal([0, 0]);
  });

  it('when another session locks the row of an environment: updates of other environments are stored', async () => {
    const { a, subscribers, ledger } = await pair();
    const other = new Ledger('office');
    await ledger.store(a.port);
    await other.store(a.port);
    const operator = await server.session();
    await operator.query(`BEGIN; SELECT * FROM ${table} WHERE environment = 'home' FOR UPDATE`);
    expect(await ledger.post(a.port)).to.equal(503);
    await other.store(a.port);
    await operator.query('COMMIT');
    await ledger.settle(subscribers);
    await other.settle([await a.subscribe('office')]);
  });

  it('when another session locks the whole table for seconds', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    const operator = await server.session();
    await operator.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    expect(await Promise.all([ledger.post(a.port), ledger.post(b.port)])).to.deep.equal([503, 503]);
    await operator.query('COMMIT');
    await ledger.settle(subscribers);
  });

  it('when its disk has no room for more rows: environments with a row continue, and others wait for room', async () => {
    const { a, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    // So large a table that the limit is its own, and not that of the files in which changes are written first.
    await server.query(
      `INSERT INTO ${table} (environment, updated_at, sequence, stored_at)
       SELECT 'filler' || n, '1', 1, now() FROM generate_series(1, 20000) AS n`,
    );
    await server.limitFiles(2 ** 20);
    const newcomers: Ledger[] = [];
    await eventually('a row has no room', async () => {
      const newcomer = new Ledger(`newcomer${newcomers.length}`);
      newcomers.push(newcomer);
      return (await newcomer.post(a.port)) === 503;
    });
    await ledger.store(a.port);
    await server.limitFiles(undefined);
    await ledger.settle(subscribers);
    for (const newcomer of newcomers.slice(-2)) await newcomer.settle([await a.subscribe(newcomer.environment)]);
  });

  it('when its disk is so full that it ends: what it acknowledged is there when it starts again', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    await server.limitFiles(0);
    await server.ended();
    expect(server.output).to.include('File too large');
    await eventually('some are refused', () => ledger.count(503) >= 2, CEILING_MS);
    await server.restart();
    await storedAgain(ledger);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when it accepts no more writes, like a managed server whose disk is nearly full', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    try {
      await server.reload({ default_transaction_read_only: 'on' });
      await eventually('it refuses', async () => (await ledger.post(a.port)) === 503, CEILING_MS);
    } finally {
      await server.reload({ default_transaction_read_only: 'off' });
    }
    await ledger.store(b.port);
    await ledger.settle(subscribers);
  });

  it('when a smaller time is stored last: instances that start later know the greater one', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    expect((await b.service.publish('home', 1733479999)).status).to.equal(200);
    await eventually('it is put back', async () => (await stored('home')) === ledger.acknowledged, CEILING_MS);
    await ledger.settle([await lateSubscriber()]);
    const repairs = [a, b].map(({ telemetry }) => telemetry.count('repairTried.stored'));
    expect(repairs.reduce((sum, count) => sum + count)).to.equal(1);
  });

  for (const [what, statement] of [
    ['emptied', () => `DELETE FROM ${table}`],
    ['dropped with its schema', () => `DROP SCHEMA ${schema} CASCADE`],
  ] as const)
    it(`when the table is ${what} and nothing is posted after that: instances that start later know it`, async () => {
      const { a, b, subscribers, ledger } = await pair();
      await ledger.store(a.port);
      await ledger.hear(subscribers);
      const lost = a.loses(what === 'emptied' ? 'disconnected' : 'table_replaced');
      await server.query(statement());
      // They see by themselves that the table is another one. Where rows went, they do when they read it again.
      if (what === 'emptied') a.proxy.cut();
      await lost;
      await eventually(
        'it is put back',
        async () => (await stored('home').catch(() => undefined)) === ledger.acknowledged,
        CEILING_MS,
      );
      await ledger.settle([await lateSubscriber()]);
      await ledger.store(b.port);
      await ledger.settle(subscribers);
      ledger.heardOnce(subscribers);
    });

  it('when the data are rolled back to an older copy', async () => {
    const { a, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    await server.stop();
    const copy = await server.copyData();
    await server.restart();
    for (let post = 0; post < 3; post++) await ledger.store(a.port);
    await ledger.hear(subscribers);
    await server.kill();
    await server.putDataBack(copy);
    await server.restart();
    await ledger.settle([await lateSubscriber()]);
    await ledger.store(a.port);
    await ledger.hear(subscribers);
  });

  it('when an update is refused at one instance and a newer one is stored at another: the newer one stays', async () => {
    const { a, b, subscribers, ledger } = await pair();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    await a.proxy.refuse();
    expect(await ledger.post(a.port)).to.equal(503);
    await ledger.store(b.port);
    await a.proxy.heal();
    await eventually(
      'the late append is dropped',
      () => a.telemetry.count('pendingSettled.superseded') === 1,
      CEILING_MS,
    );
    await ledger.settle(subscribers);
    expect(await stored('home')).to.equal(ledger.acknowledged);
  });

  it('when an instance joins and another drains while updates flow', async () => {
    const { a, b, subscribers, ledger } = await pair();
    const stop = ledger.keepPosting(() => [b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    const c = await start();
    // Held while the new instance reads the log, and still served.
    const early = await c.subscribe('home');
    const [atA] = subscribers as [StreamClient, StreamClient];
    await a.service.stop();
    await eventually('the stream ends', () => atA.endedProperly, CEILING_MS);
    const back = await c.subscribe('home');
    await storedAgain(ledger);
    await stop();
    await ledger.settle([subscribers[1] as StreamClient, early, back]);
    ledger.heardOnce([subscribers[1] as StreamClient, early, back]);
  });

  it('while PostgreSQL has not started yet: streams are held, health reports it, and the service becomes ready later', async () => {
    await server.stop();
    const a = await start();
    const ledger = new Ledger('home');
    const subscriber = await a.subscribe('home');
    expect(subscriber.status).to.equal(200);
    expect([await a.status('/readyz'), await a.status('/livez')]).to.deep.equal([503, 200]);
    expect(await ledger.post(a.port)).to.equal(503);
    await server.restart();
    await a.ready();
    await ledger.settle([subscriber]);
  });

  it('while it has no free connection, until it has one', async () => {
    await server.query(`CREATE ROLE crowded LOGIN CONNECTION LIMIT 1; GRANT CREATE ON DATABASE postgres TO crowded`);
    const a = await start({ POSTGRES_URL: server.urlOf({ user: 'crowded' }) });
    const ledger = new Ledger('home');
    const subscriber = await a.subscribe('home');
    await eventually('a dial fails', () => a.telemetry.count('logError.connect') > 0, CEILING_MS);
    expect(await a.status('/readyz')).to.equal(503);
    await server.query('ALTER ROLE crowded CONNECTION LIMIT 2');
    await a.ready();
    await ledger.store(a.port);
    await ledger.settle([subscriber]);
  });
});
