import { expect } from 'chai';
import type { PostgresLog } from '../../../adapters/postgres/postgres-log.ts';
import { RecordedFollower } from '../../../infrastructure/contract/recorded-follower.ts';
import { eventually } from '../../support/eventually.ts';
import { env, time } from '../../support/memory/memory-instance.ts';
import { openPostgresLog } from '../../support/memory/open-postgres-log.ts';
import { POSTGRES } from '../../support/servers/postgres-frames.ts';
import { PostgresServer } from '../../support/servers/postgres-server.ts';
import type { Protocol } from '../../support/servers/protocol.ts';
import { TcpProxy } from '../../support/servers/tcp-proxy.ts';

const [HOME, OFFICE] = [env('home'), env('office')];
const APPEND = { timeoutMs: 10_000 };
/** A client requests the cancellation of a statement by a connection whose first message contains this number. */
const CANCEL_REQUEST = 80_877_102;

type Opened = ReturnType<typeof openPostgresLog> & { readonly follower: RecordedFollower };

describe('The traps of PostgreSQL', () => {
  let server: PostgresServer;
  let proxy: TcpProxy;
  let schema: string;
  let schemas = 0;
  const opened: Opened[] = [];
  before(async () => void (server = await PostgresServer.start()));
  after(() => server.close());
  beforeEach(() => void (schema = `trap_${++schemas}`));
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ log }) => log.close()));
    await proxy.close();
  });

  async function ready(random?: () => number): Promise<Opened> {
    const follower = new RecordedFollower();
    const log = { ...openPostgresLog({ url: server.urlOf({ port: proxy.port }), schema, random }), follower };
    opened.push(log);
    log.log.follow(follower);
    await follower.untilCaughtUp();
    return log;
  }

  async function store(log: PostgresLog, environment: typeof HOME, value: number): Promise<number> {
    const outcome = await log.append(environment, time(value), APPEND);
    if (outcome.kind !== 'stored') throw new Error(JSON.stringify(outcome));
    return outcome.sequence;
  }

  async function valueOf(environment: string): Promise<unknown> {
    const rows = await server.query(`SELECT updated_at FROM ${schema}.update_log WHERE environment = $1`, [
      environment,
    ]);
    return rows[0]?.['updated_at'];
  }

  it('a notification between the end of LISTEN and the answer to it is delivered', async () => {
    proxy = await TcpProxy.start(
      server.port,
      notifyingInsideListen(() => `${schema}.update_log`),
    );
    const { follower } = await ready();
    expect(follower.calls.map(({ kind }) => kind)).to.deep.equal(['started', 'updated', 'caughtUp']);
    expect(follower.values(HOME)).to.deep.equal(['1']);
  });

  it('a dropped notification is noticed by the instance that stored the update', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log, follower } = await ready();
    const dropped = proxy.dropNext((line) => line.startsWith('NOTIFY') && line.includes(' home '));
    await store(log, HOME, 1);
    await dropped;
    await store(log, OFFICE, 2);
    await follower.untilLast(OFFICE, '2');
    expect(follower.values(HOME)).to.deep.equal([]);
    await follower.untilLost('own_append_missing');
    await follower.untilLast(HOME, '1');
    await follower.untilCaughtUp();
    expect(follower.losses).to.deep.equal(['own_append_missing']);
  });

  it('two appenders of the same environments never deadlock', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    // Shorter than our time limit for a lock, after which the rows are retried.
    await server.query('ALTER ROLE postgres SET deadlock_timeout = 50');
    const [first, second] = [await ready(), await ready()];
    const names = Array.from({ length: 9 }, (_, index) => env(`e${index}`));
    for (const name of names) await store(first.log, name, 0);
    // Both reach the row in the middle, and have locked those before it.
    const other = await server.session();
    await other.query(`BEGIN; SELECT FROM ${schema}.update_log WHERE environment = 'e4' FOR UPDATE`);
    const stored = Promise.all([
      ...names.map((name) => store(first.log, name, 1)),
      ...[...names].reverse().map((name) => store(second.log, name, 2)),
    ]);
    await eventually('both wait', async () => {
      const waiting = await server.query("SELECT FROM pg_locks WHERE NOT granted AND locktype <> 'virtualxid'");
      return waiting.length >= 2;
    });
    await other.query('ROLLBACK');
    await stored;
    await server.query('ALTER ROLE postgres RESET deadlock_timeout');
    expect([first, second].flatMap(({ logger }) => logger.of('postgres_error'))).to.deep.equal([]);
  });

  it('an append that the network delayed stores nothing, and its session continues', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log, follower, logger } = await ready();
    const expectedSequence = await store(log, HOME, 1);
    await follower.untilLast(HOME, '1');
    proxy.blackHole();
    const held = await Promise.all([
      log.append(HOME, time(2), { timeoutMs: 200 }),
      log.append(OFFICE, time(2), { timeoutMs: 200, expectedSequence: 0 }),
      log.append(env('third'), time(2), { timeoutMs: 200, expectedSequence, firstStoredAtMs: 1 }),
    ]);
    expect(held.map(({ kind }) => kind)).to.deep.equal(['unavailable', 'unavailable', 'unavailable']);
    await proxy.heal();
    // Another one by the same session: everything before it has been answered by then.
    await store(log, env('after'), 3);
    expect(logger.of('postgres_disconnected')).to.deep.equal([]);
    expect([await valueOf('home'), await valueOf('office'), await valueOf('third')]).to.deep.equal([
      '1',
      undefined,
      undefined,
    ]);
  });

  it('an append that waits for a row stores nothing after its deadline, and is not cancelled', async () => {
    let cancelled = 0;
    proxy = await TcpProxy.start(
      server.port,
      countingCancels(() => cancelled++),
    );
    const { log } = await ready();
    await store(log, HOME, 1);
    const other = await server.session();
    await other.query(`BEGIN; SELECT FROM ${schema}.update_log WHERE environment = 'home' FOR UPDATE`);
    expect((await log.append(HOME, time(2), { timeoutMs: 200 })).kind).to.equal('unavailable');
    // The server counts whole milliseconds, and a timer here may be early by one.
    await other.query('SELECT pg_sleep(0.5)');
    await other.query('ROLLBACK');
    await store(log, OFFICE, 3);
    expect(await valueOf('home')).to.equal('1');
    expect(cancelled).to.equal(0);
    expect(server.output).not.to.include('due to user request');
  });

  it('of two appends that expect the same sequence of a locked row, one is stored when it is released', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const [{ log }, { log: other }] = [await ready(), await ready()];
    const operator = await server.session();
    await eventually('both wait for the row, and neither for too long', async () => {
      const expectedSequence = await store(log, HOME, 1);
      await operator.query(`BEGIN; SELECT FROM ${schema}.update_log WHERE environment = 'home' FOR UPDATE`);
      const outcomes = Promise.all([
        log.append(HOME, time(2), { ...APPEND, expectedSequence }),
        other.append(HOME, time(3), { ...APPEND, expectedSequence }),
      ]);
      const bothWait = async (): Promise<boolean> => {
        const rows = await server.query(
          `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`,
        );
        return rows.length === 2;
      };
      await eventually('both wait', bothWait, 5000).catch(() => undefined);
      await operator.query('ROLLBACK');
      const kinds = (await outcomes).map(({ kind }) => kind).sort();
      if (kinds.includes('unavailable')) return false;
      expect(kinds).to.deep.equal(['conflict', 'stored']);
      return true;
    });
  });

  it('a row that another session has locked does not delay the other environments of its batch', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log } = await ready();
    const sequence = await store(log, HOME, 1);
    const other = await server.session();
    await other.query(`BEGIN; SELECT FROM ${schema}.update_log WHERE environment = 'home' FOR UPDATE`);
    for (let round = 0; round < 2; round++) {
      const [home, office] = await Promise.all([
        log.append(HOME, time(2), { ...APPEND, expectedSequence: sequence }),
        log.append(OFFICE, time(2), APPEND),
      ]);
      expect(home).to.deep.equal({ kind: 'unavailable', reason: 'another session holds the row' });
      expect(office.kind).to.equal('stored');
    }
    await other.query('ROLLBACK');
    await store(log, HOME, 3);
    expect(await valueOf('home')).to.equal('3');
  });

  it('sequences keep increasing after a clock is set back or a row is removed', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log, follower } = await ready();
    const before = await store(log, HOME, 1);
    await server.query(`DELETE FROM ${schema}.update_log`);
    expect(await store(log, HOME, 2)).to.be.greaterThan(before);
    await follower.untilLast(HOME, '2');
    await server.query(`UPDATE ${schema}.update_log SET sequence = sequence + 3600000`);
    const ahead = await store(log, HOME, 3);
    expect(await store(log, HOME, 4)).to.equal(ahead + 1);
    expect(ahead).to.be.greaterThan(before + 3_000_000);
    await follower.untilLast(HOME, '4');
    expect(follower.losses).to.deep.equal([]);
  });

  it('a table that is emptied, dropped or replaced is read again', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log, follower } = await ready();
    for (const [round, statement] of [
      `TRUNCATE ${schema}.update_log`,
      `DROP TABLE ${schema}.update_log`,
      `DROP SCHEMA ${schema} CASCADE`,
    ].entries()) {
      await store(log, HOME, round);
      await follower.untilLast(HOME, String(round));
      await server.query(statement);
      await eventually(statement, () => follower.losses.length === round + 1 && follower.isCaughtUp);
    }
    expect(new Set(follower.losses)).to.deep.equal(new Set(['table_replaced']));
    await store(log, HOME, 9);
    await follower.untilLast(HOME, '9');
  });

  it('a missing table is recreated by the append that needs it', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log } = openPostgresLog({ url: server.urlOf({ port: proxy.port }), schema });
    try {
      // There is no follower, so nothing else notices.
      expect((await log.append(HOME, time(1), { ...APPEND, expectedSequence: 0 })).kind).to.equal('stored');
      await server.query(`DROP TABLE ${schema}.update_log`);
      await eventually('it is stored', async () => (await log.append(HOME, time(2), APPEND)).kind === 'stored');
    } finally {
      await log.close();
    }
  });

  it('a row that is not an update is replaced', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log, telemetry } = await ready();
    await store(log, HOME, 1);
    await server.query(`UPDATE ${schema}.update_log SET updated_at = 'nonsense'`);
    expect((await log.append(HOME, time(2), { ...APPEND, expectedSequence: 7 })).kind).to.equal('stored');
    expect(await valueOf('home')).to.equal('2');
    await server.query(`UPDATE ${schema}.update_log SET updated_at = 'nonsense'`);
    const later = await ready();
    expect(later.follower.values(HOME)).to.deep.equal([]);
    expect(later.telemetry.count('messageSkipped.content')).to.equal(1);
    expect(telemetry.count('messageSkipped.content')).to.equal(0);
  });

  it('a row that is past its retention counts as missing', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log } = await ready();
    const old = await store(log, HOME, 1);
    await server.query(`UPDATE ${schema}.update_log SET stored_at = now() - interval '61 minutes'`);
    expect((await ready()).follower.values(HOME)).to.deep.equal([]);
    const conflict = await log.append(HOME, time(2), { ...APPEND, expectedSequence: old - 1 });
    expect(conflict).to.deep.equal({ kind: 'conflict', last: undefined });
    expect((await log.append(HOME, time(3), { ...APPEND, expectedSequence: 0 })).kind).to.equal('stored');
    expect(await valueOf('home')).to.equal('3');
  });

  it('a row is removed after twice its retention', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log } = await ready();
    const ages = { home: 121, office: 119, third: 0 };
    for (const [name, minutes] of Object.entries(ages)) {
      await store(log, env(name), 1);
      await server.query(
        `UPDATE ${schema}.update_log SET stored_at = now() - ${minutes} * interval '1 minute' WHERE environment = $1`,
        [name],
      );
    }
    // Its share of the first ten minutes is none of them.
    await ready(() => 0);
    await eventually('one is removed', async () => (await valueOf('home')) === undefined);
    expect([await valueOf('office'), await valueOf('third')]).to.deep.equal(['1', '1']);
  });

  it('an instance has two named sessions, and no more', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    const { log } = await ready();
    await Promise.all(Array.from({ length: 100 }, (_, index) => store(log, env(`e${index}`), index)));
    const names = await server.query(
      "SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'halyard %' ORDER BY 1",
    );
    expect(names.map(({ name }) => String(name).replace(/ [a-z0-9]+ /, ' … '))).to.deep.equal([
      'halyard … append',
      'halyard … listen',
    ]);
  });

  it('no append fails in a database that is serializable by default', async () => {
    proxy = await TcpProxy.start(server.port, POSTGRES);
    await server.query('ALTER ROLE postgres SET default_transaction_isolation = serializable');
    try {
      const logs = [await ready(), await ready(), await ready()];
      for (let value = 0; value < 30; value++) await Promise.all(logs.map(({ log }) => store(log, HOME, value)));
    } finally {
      await server.query('ALTER ROLE postgres RESET default_transaction_isolation');
    }
  });
});

/** Puts a notification of ours before the last message of the answer to LISTEN. */
function notifyingInsideListen(channel: () => string): Protocol {
  let injected = false;
  return {
    fromClient: (drops) => POSTGRES.fromClient(drops),
    fromServer: () => {
      let rest: Buffer = Buffer.alloc(0);
      return {
        filter: (data) => {
          rest = Buffer.concat([rest, data]);
          const end = rest.indexOf('LISTEN\0') + 'LISTEN\0'.length;
          const isListen = rest.includes('LISTEN\0') && rest.toString('latin1', end, end + 1) === 'Z';
          const passed = rest;
          // A command is complete in one message, and readiness is the next one; both are short and come together.
          rest = Buffer.alloc(0);
          if (!isListen || injected) return passed;
          injected = true;
          const notification = notificationOf(channel(), `home 7 ${Date.now()} - 1`);
          return Buffer.concat([passed.subarray(0, end), notification, passed.subarray(end)]);
        },
      };
    },
  };
}

function notificationOf(channel: string, payload: string): Buffer {
  const content = Buffer.from(`\0\0\0\0${channel}\0${payload}\0`);
  const head = Buffer.alloc(5);
  head.write('A');
  head.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

function countingCancels(seen: () => void): Protocol {
  return {
    fromClient: () => ({
      filter: (data) => {
        if (data.length === 16 && data.readUInt32BE(4) === CANCEL_REQUEST) seen();
        return data;
      },
    }),
    fromServer: (drops) => POSTGRES.fromServer(drops),
  };
}
