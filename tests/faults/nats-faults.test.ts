import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { eventually } from '../support/eventually.ts';
import { Instance, startPair } from '../support/servers/fleet.ts';
import { Ledger } from '../support/clients/ledger.ts';
import { NatsAdmin, STREAM } from '../support/servers/nats-admin.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { onNats } from '../support/servers/shared-log.ts';
import type { StreamClient } from '../support/clients/stream-client.ts';

const CEILING_MS = 30_000;
const isUpdate = (line: string): boolean => line.startsWith('MSG flagsmith.environment.');

describe('Nothing acknowledged is lost', () => {
  const closing: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  async function onServer() {
    const server = await NatsServer.start();
    closing.push(server);
    return { server, ...(await startPair(onNats(server.port), closing)) };
  }

  async function admin(server: NatsServer): Promise<NatsAdmin> {
    const operator = await NatsAdmin.connect(server.port);
    closing.push(operator);
    return operator;
  }

  /** A subscriber at an instance that starts only now. */
  async function lateSubscriber(server: NatsServer): Promise<StreamClient> {
    const late = await Instance.start(onNats(server.port));
    closing.push(late);
    await late.ready();
    return late.subscribe('home');
  }

  it('when an update is posted at one instance: subscribers at both receive it', async () => {
    const { a, b, subscribers, ledger } = await onServer();
    for (const { port } of [a, b, a]) {
      expect(await ledger.post(port)).to.equal(200);
      // One at a time: the stream keeps an environment's last message only, so a quick successor may replace it.
      await ledger.hear(subscribers);
    }
    await ledger.settle(subscribers);
    for (const { heard } of subscribers) expect(heard).to.have.length(3);
    await ledger.settle([await b.subscribe('home')]);
    ledger.heardOnce([await b.subscribe('home')]);
  });

  it('when NATS is killed and started again, with posts before, during and after', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    await server.kill();
    await eventually('some are refused', () => ledger.count(503) >= 2, CEILING_MS);
    expect(await a.status('/livez')).to.equal(200);
    await server.restart();
    const stored = ledger.count(200);
    await eventually('some are stored again', () => ledger.count(200) > stored + 10, CEILING_MS);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when NATS is killed after the last post: what was refused is received after the restart', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await server.kill();
    expect(await Promise.all([ledger.post(a.port), ledger.post(b.port)])).to.deep.equal([503, 503]);
    await server.restart();
    await ledger.settle(subscribers);
  });

  it('when NATS hangs for seconds', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    server.pause();
    await Promise.all([a.loses('heartbeats_missed'), b.loses('heartbeats_missed')]);
    server.resume();
    const stored = ledger.count(200);
    await eventually('some are stored again', () => ledger.count(200) > stored + 10, CEILING_MS);
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when the connection is cut', async () => {
    const { a, b, subscribers, ledger } = await onServer();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    for (const instance of [a, b, a]) {
      const stored = ledger.count(200);
      await eventually('some are stored', () => ledger.count(200) > stored + 5, CEILING_MS);
      const lost = instance.loses('disconnected');
      instance.proxy.cut();
      await lost;
    }
    await stop();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when connections are refused for seconds', async () => {
    const { a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await b.proxy.refuse();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are refused', () => ledger.count(503) >= 2, CEILING_MS);
    await stop();
    const last = await ledger.post(b.port);
    expect(last).to.equal(503);
    await b.proxy.heal();
    await ledger.settle(subscribers);
  });

  it('when the network drops everything until the instance reconnects in vain', async () => {
    const { a, b, subscribers, ledger } = await onServer();
    const stop = ledger.keepPosting(() => [a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 5, CEILING_MS);
    b.proxy.blackHole();
    await eventually('a dial fails', () => b.telemetry.count('logError.connect') > 0, CEILING_MS);
    await b.proxy.heal();
    await b.ready();
    await ledger.store(b.port);
    await stop();
    await ledger.settle(subscribers);
  });

  it('when one message is dropped on its way, with no later one to help', async () => {
    const { a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    const dropped = b.proxy.dropNext(isUpdate);
    await ledger.store(a.port);
    await dropped;
    await ledger.settle(subscribers);
    expect(b.losses('heartbeat_ahead')).to.equal(1);
  });

  it('when the last message before a cut is dropped', async () => {
    const { a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    const dropped = b.proxy.dropNext(isUpdate);
    await ledger.store(a.port);
    await dropped;
    b.proxy.cut();
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when the consumers are deleted', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await (await admin(server)).deleteConsumers();
    await Promise.all([a.loses(), b.loses()]);
    await ledger.store(b.port);
    await ledger.settle(subscribers);
    ledger.heardOnce(subscribers);
  });

  it('when the stream is purged, and when it is deleted and recreated', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    const operator = await admin(server);
    await ledger.store(a.port);
    await operator.manager.streams.purge(STREAM);
    await ledger.store(b.port);
    await ledger.hear(subscribers);
    const { config } = await operator.manager.streams.info(STREAM);
    await operator.manager.streams.delete(STREAM);
    await operator.manager.streams.add({ ...config, name: STREAM });
    await ledger.store(a.port);
    await ledger.settle(subscribers);
  });

  it('when the stream is purged and nothing is posted after that: instances that start later know it', async () => {
    const { server, a, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    await (await admin(server)).manager.streams.purge(STREAM);
    a.proxy.cut();
    await ledger.settle([await lateSubscriber(server)]);
    ledger.heardOnce(subscribers);
  });

  it('when a smaller time is stored last: instances that start later know the greater one', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    const operator = await admin(server);
    await operator.publish('home', '{"updated_at":1733479999.000000}');
    await ledger.hear(subscribers);
    await ledger.settle([await lateSubscriber(server)]);
    const repairs = [a, b].map(({ telemetry }) => telemetry.count('repairTried.stored'));
    expect(repairs.reduce((sum, count) => sum + count)).to.equal(1);
    ledger.heardOnce(subscribers);
  });

  it('when the store is rolled back to an older copy', async () => {
    const { server, a, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    await server.kill();
    const copy = await server.copyStore();
    await server.restart();
    for (let post = 0; post < 3; post++) await ledger.store(a.port);
    await ledger.hear(subscribers);
    await server.kill();
    await server.putStoreBack(copy);
    await server.restart();
    await ledger.settle([await lateSubscriber(server)]);
    await ledger.store(a.port);
    await ledger.hear(subscribers);
  });

  it('when an update is refused at one instance and a newer one is stored at another: the newer one stays', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    await a.proxy.refuse();
    expect(await ledger.post(a.port)).to.equal(503);
    expect(await ledger.post(b.port)).to.equal(200);
    await a.proxy.heal();
    await eventually(
      'the late append is dropped',
      () => a.telemetry.count('pendingSettled.superseded') === 1,
      CEILING_MS,
    );
    await ledger.settle(subscribers);
    const last = await (
      await admin(server)
    ).manager.streams.getMessage(STREAM, {
      last_by_subj: 'flagsmith.environment.home',
    });
    expect(last?.string()).to.equal(`{"updated_at":${ledger.acknowledged}}`);
  });

  it('when an instance joins and another drains while updates flow', async () => {
    const { server, a, b, subscribers, ledger } = await onServer();
    const stop = ledger.keepPosting(() => [b.port]);
    await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
    const c = await Instance.start(onNats(server.port));
    closing.push(c);
    // Held while the new instance reads the log, and still sent.
    const early = await c.subscribe('home');
    const [atA] = subscribers as [StreamClient, StreamClient];
    await a.service.stop();
    await eventually('the stream ends', () => atA.endedProperly, CEILING_MS);
    const back = await c.subscribe('home');
    const stored = ledger.count(200);
    await eventually('some more are stored', () => ledger.count(200) > stored + 10, CEILING_MS);
    await stop();
    await ledger.settle([subscribers[1] as StreamClient, early, back]);
    ledger.heardOnce([subscribers[1] as StreamClient, early, back]);
  });

  it('and health checks, subscribers and keep-alives cost NATS only pings', async () => {
    const { a, subscribers, ledger } = await onServer();
    await ledger.store(a.port);
    await ledger.hear(subscribers);
    const said: string[] = [];
    a.proxy.watch((line) => said.push(line));
    for (let check = 0; check < 100; check++) expect(await a.status('/readyz')).to.equal(200);
    const joined = await Promise.all(Array.from({ length: 200 }, () => a.subscribe('home')));
    await ledger.settle(joined);
    expect(said.filter((line) => line !== 'PING' && line !== 'PONG')).to.deep.equal([]);
  });

  it('while NATS has not started yet: streams are held, health reports it, and the service becomes ready later', async () => {
    const server = await NatsServer.prepare();
    closing.push(server);
    const a = await Instance.start(onNats(server.port));
    closing.push(a);
    const ledger = new Ledger('home');
    const subscriber = await a.subscribe('home');
    expect(subscriber.status).to.equal(200);
    expect([await a.status('/readyz'), await a.status('/livez')]).to.deep.equal([503, 200]);
    expect(await ledger.post(a.port)).to.equal(503);
    await server.restart();
    await a.ready();
    await ledger.settle([subscriber]);
  });

  it('when the credentials are wrong until the server learns them', async () => {
    const server = await NatsServer.start({ config: 'authorization { token: other }' });
    closing.push(server);
    const a = await Instance.start(onNats(server.port), { NATS_URL: server.url.replace('//', '//right@') });
    closing.push(a);
    const ledger = new Ledger('home');
    const subscriber = await a.subscribe('home');
    expect(await ledger.post(a.port)).to.equal(503);
    expect(a.telemetry.count('logError.connect')).to.be.greaterThan(0);
    await server.reload('authorization { token: right }');
    await ledger.settle([subscriber]);
    await a.ready();
  });
});
