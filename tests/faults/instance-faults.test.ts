import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { eventually } from '../support/eventually.ts';
import { Ledger } from '../support/clients/ledger.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

const CEILING_MS = 30_000;

describe('Nothing acknowledged is lost, with instances as processes of their own,', () => {
  const closing: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function start(server: NatsServer, environment: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ UPDATE_LOG: 'nats', NATS_URL: server.url, ...environment });
    closing.push(() => service.kill());
    await service.logged('log_caught_up');
    return service;
  }

  async function subscribe(service: ServiceProcess): Promise<StreamClient> {
    const subscriber = await StreamClient.open(service.port, 'home');
    closing.push(() => subscriber.close());
    return subscriber;
  }

  it('when one is killed in the middle of posts and started again: clients that reconnect receive the newest at once', async () => {
    const server = await NatsServer.start();
    closing.push(() => server.close());
    let a = await start(server);
    const b = await start(server);
    const [atA, atB] = [await subscribe(a), await subscribe(b)];
    const ledger = new Ledger('home');
    const stop = ledger.keepPosting(() => [a.port, a.port, b.port]);
    await eventually('some are stored', () => ledger.count(200) > 20, CEILING_MS);
    await a.kill();
    await eventually('the stream breaks', () => atA.raw.ending !== 'open', CEILING_MS);
    a = await start(server);
    await stop();
    const back = await subscribe(a);
    await ledger.hear([back, atB]);
    expect(back.heard).to.have.length(1);
    expect([...ledger.statuses.keys()].filter((status) => ![200, 0].includes(status))).to.deep.equal([]);
    await ledger.store(a.port);
    await ledger.hear([back, atB]);
  });

  it('when NATS is killed and one instance drains meanwhile: a new client receives what was acknowledged', async () => {
    const server = await NatsServer.start();
    closing.push(() => server.close());
    const a = await start(server);
    const ledger = new Ledger('home');
    await ledger.store(a.port);
    await server.kill();
    await a.logged('log_epoch_lost');
    a.signal('SIGTERM');
    expect(await a.exited()).to.equal(0);
    await server.restart();
    const back = await subscribe(await start(server));
    await ledger.hear([back]);
  });

  it('and an instance that NATS does not want says so without a secret', async () => {
    const server = await NatsServer.start({ config: 'authorization { user: me, password: right }' });
    closing.push(() => server.close());
    const url = server.url.replace('//', '//me:wr0ng@');
    const service = await ServiceProcess.start({ UPDATE_LOG: 'nats', NATS_URL: url });
    closing.push(() => service.kill());
    const line = await service.logged('nats_error');
    expect(line).to.deep.include({ operation: 'connect', level: 'warn' });
    expect(JSON.stringify(service.lines) + service.stderr).to.not.include('wr0ng');
  });

  it('and one whose NATS_URL is invalid ends with an error that names it, without a secret', async () => {
    const service = ServiceProcess.spawn({ UPDATE_LOG: 'nats', NATS_URL: 'http://me:wr0ng@127.0.0.1' });
    closing.push(() => service.kill());
    expect(await service.exited()).to.equal(1);
    expect(service.stderr)
      .to.match(/NATS_URL .*scheme/)
      .and.not.include('wr0ng');
  });
});
