import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { FlagsApi } from '../support/servers/flags-api.ts';
import { FlagsmithApi } from '../support/clients/flagsmith-api.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { type Instance, Instances } from './instances.ts';

const EARLIER = { iso: '2024-12-06T10:21:53+00:00', seconds: '1733480513.000000' };
const LATER = { iso: '2024-12-06T10:21:54.079725+00:00', seconds: '1733480514.079725' };

describe('The Flagsmith API', () => {
  let instances: Instances;
  let service: Instance;
  let api: FlagsmithApi;
  beforeEach(async () => {
    instances = new Instances();
    service = await instances.start({ APPEND_DEADLINE_MS: '300' });
    api = new FlagsmithApi(service.url(''), TOKEN, { tries: 3 });
  });
  afterEach(async () => {
    api?.close();
    await instances?.stop();
  });

  it('has a change received with one post', async () => {
    const client = await StreamClient.open(service.port, 'abcxyz');
    expect(await api.notify('abcxyz', LATER.iso)).to.equal(true);
    await client.hears(LATER.seconds);
    expect(api.statuses).to.deep.equal([200]);
    client.close();
  });

  it('tries in vain with another token', async () => {
    const wrong = new FlagsmithApi(service.url(''), `${TOKEN}-`, { tries: 3 });
    expect(await wrong.notify('abcxyz', LATER.iso)).to.equal(false);
    expect(wrong.statuses).to.deep.equal([401, 401, 401]);
    wrong.close();
  });

  it('has a change to a whole project received everywhere, even if its loop repeats', async () => {
    const environments = ['first', 'second', 'third'];
    const clients = await Promise.all(environments.map((key) => StreamClient.open(service.port, key)));
    service.log.interrupt();
    const done = api.notifyProject(environments, LATER.iso);
    await eventually('a post to be refused', () => api.statuses.includes(503));
    service.log.restore();
    expect(await done).to.equal(true);
    // Its task may run once more although all went well.
    expect(await api.notifyProject(environments, LATER.iso)).to.equal(true);
    for (const client of clients) {
      await client.hears(LATER.seconds);
      expect([...new Set(client.heard)]).to.deep.equal([LATER.seconds]);
    }
    for (const client of clients) client.close();
  });

  it('may go back in time: current subscribers receive each change in its order, later ones the greatest', async () => {
    const client = await StreamClient.open(service.port, 'abcxyz');
    for (const { iso } of [LATER, EARLIER]) expect(await api.notify('abcxyz', iso)).to.equal(true);
    await client.hears(EARLIER.seconds);
    expect(client.heard).to.deep.equal([LATER.seconds, EARLIER.seconds]);
    const joiner = await StreamClient.open(service.port, 'abcxyz');
    await joiner.hears(LATER.seconds);
    expect(joiner.heard).to.deep.equal([LATER.seconds]);
    client.close();
    joiner.close();
  });

  it('is answered within its patience while the log is unreachable, and its change is received when the log is back', async () => {
    const byDefault = await instances.start();
    const client = await StreamClient.open(byDefault.port, 'abcxyz');
    byDefault.log.interrupt();
    const impatient = new FlagsmithApi(byDefault.url(''), TOKEN);
    expect(await impatient.notify('abcxyz', LATER.iso)).to.equal(false);
    // An answer that comes too late would be a 0 here.
    expect(impatient.statuses).to.deep.equal([503]);
    byDefault.log.restore();
    await client.hears(LATER.seconds);
    expect(client.heard).to.deep.equal([LATER.seconds]);
    client.close();
    impatient.close();
  });
});

describe('The Flagsmith API, with 500 posts from 20 connections while NATS restarts', () => {
  const CONNECTIONS = 20;
  const POSTS = 500;
  const ENVIRONMENTS = Array.from({ length: 10 }, (_, index) => `environment-${index}`);

  let nats: NatsServer;
  let services: RunningService[];
  let flags: FlagsApi;
  before(async () => {
    nats = await NatsServer.start();
    flags = await FlagsApi.start();
    const environment = { UPDATE_LOG: 'nats', NATS_URL: nats.url };
    services = await Promise.all([startService(environment), startService(environment)]);
    for (const service of services)
      await eventually('readiness', async () => (await fetch(service.url('/readyz'))).status === 200);
  });
  after(async () => {
    for (const service of services) await service.stop();
    await nats.close();
    await flags.close();
  });

  it('has every change that it counted as done received at both instances', async () => {
    const [first] = services as [RunningService];
    const api = new FlagsmithApi(first.url(''), TOKEN, { tries: 3, connections: CONNECTIONS });
    const clients = new Map<string, StreamClient[]>();
    for (const environment of ENVIRONMENTS)
      clients.set(environment, await Promise.all(services.map(({ port }) => StreamClient.open(port, environment))));

    const acknowledged = new Map<string, number>();
    let posts = 0;
    // Away for long enough that posts are refused.
    const restart = async (): Promise<void> => {
      await nats.kill();
      await eventually('a post to be refused', () => api.statuses.includes(503));
      await nats.restart();
    };
    const postInARow = async (): Promise<void> => {
      for (let post = posts++; post < POSTS; post = posts++) {
        if (post === POSTS / 2) void restart();
        const environment = ENVIRONMENTS[post % ENVIRONMENTS.length] as string;
        const { iso, seconds } = flags.change();
        if (await api.notify(environment, iso))
          acknowledged.set(environment, Math.max(Number(seconds), acknowledged.get(environment) ?? 0));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, postInARow));

    expect([...new Set(api.statuses)].sort()).to.deep.equal([200, 503]);
    expect(acknowledged.size).to.equal(ENVIRONMENTS.length);
    for (const [environment, seconds] of acknowledged)
      for (const client of clients.get(environment) ?? [])
        await eventually(
          () => `${environment} to hear ${seconds} or a later one; it heard ${client.heard.slice(-3).join()}`,
          () => client.heard.some((heard) => Number(heard) >= seconds),
          30_000,
        );
    for (const client of [...clients.values()].flat()) client.close();
    api.close();
  });
});
