import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { eventually } from '../support/eventually.ts';
import { Ledger } from '../support/clients/ledger.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { Instance } from '../support/servers/fleet.ts';
import { PostgresServer } from '../support/servers/postgres-server.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { onPostgres } from '../support/servers/shared-log.ts';

const CEILING_MS = 30_000;

describe('Nothing acknowledged is lost on a PostgreSQL with a standby', function () {
  this.timeout(120_000);
  const closing: { close(): Promise<void> }[] = [];
  let primary: PostgresServer;
  let standby: PostgresServer;

  before(async function () {
    // PostgreSQL may have to be fetched first.
    this.timeout(300_000);
    primary = await PostgresServer.start();
    standby = await PostgresServer.standbyOf(primary);
    // What is committed is at the standby, too: without this nothing is promised of a failover.
    await primary.reload({ synchronous_standby_names: '*' });
  });

  after(() => Promise.all([primary.close(), standby.close()]));

  afterEach(async () => {
    standby.resume();
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  /** The standby stands first, for the order must not matter. */
  function variables(schema: string): Record<string, string> {
    const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
    return { UPDATE_LOG: 'postgres', POSTGRES_URL: `postgres://postgres@${hosts}/postgres`, POSTGRES_SCHEMA: schema };
  }

  async function start(schema: string): Promise<Instance> {
    const instance = await Instance.start(onPostgres(primary, variables(schema)));
    closing.push(instance);
    await instance.ready();
    return instance;
  }

  it('when an instance is killed in the middle of posts and started again: clients that reconnect receive the newest', async () => {
    const startProcess = async (): Promise<ServiceProcess> => {
      const service = await ServiceProcess.start(variables('processes'));
      closing.push({ close: () => service.kill() });
      await service.logged('log_caught_up');
      return service;
    };
    const subscribe = async ({ port }: ServiceProcess): Promise<StreamClient> => {
      const subscriber = await StreamClient.open(port, 'home');
      closing.push({ close: async () => subscriber.close() });
      return subscriber;
    };
    let a = await startProcess();
    const b = await startProcess();
    const [atA, atB] = [await subscribe(a), await subscribe(b)];
    const ledger = new Ledger('home');
    const stop = ledger.keepPosting(() => [a.port, a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 20, CEILING_MS);
    await a.kill();
    await eventually('the stream breaks', () => atA.raw.ending !== 'open', CEILING_MS);
    a = await startProcess();
    await stop();
    const back = await subscribe(a);
    await ledger.hear([back, atB]);
    expect(back.heard).to.have.length(1);
    expect([...ledger.statuses.keys()].filter((status) => ![200, 0].includes(status))).to.deep.equal([]);
    await ledger.store(a.port);
    await ledger.hear([back, atB]);
  });

  it('when the standby does not answer: nothing counts as stored until it does', async () => {
    const [a, b] = [await start('waiting'), await start('waiting')];
    const ledger = new Ledger('home');
    const subscribers = [await a.subscribe('home'), await b.subscribe('home')];
    await ledger.store(a.port);
    standby.pause();
    expect(await Promise.all([ledger.post(a.port), ledger.post(b.port)])).to.deep.equal([503, 503]);
    standby.resume();
    await ledger.settle(subscribers);
    await ledger.store(b.port);
    await ledger.settle(subscribers);
  });

  it('when the primary is killed and the standby is promoted: the server that takes writes is found again', async () => {
    const [a, b] = [await start('failover'), await start('failover')];
    const ledger = new Ledger('home');
    const subscribers = [await a.subscribe('home'), await b.subscribe('home')];
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 20, CEILING_MS);
    await primary.kill();
    await eventually('some are refused', () => ledger.count(503) >= 2, CEILING_MS);
    await standby.reload({ synchronous_standby_names: '' });
    await standby.promote();
    const stored = ledger.count(200);
    await eventually('some are stored again', () => ledger.count(200) > stored + 20, CEILING_MS);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
    const late = await start('failover');
    await ledger.settle([await late.subscribe('home')]);
  });
});
