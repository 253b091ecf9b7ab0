import { expect } from 'chai';
import { createServer, type Server } from 'node:net';
import { eventually } from '../support/eventually.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { TOKEN } from '../support/servers/running-service.ts';
import { type LogLine, preload, ServiceProcess } from '../support/servers/service-process.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TLS_TRANSPORTS } from '../support/servers/transports.ts';

/** No server listens there: workers start and hold streams without a log. */
const NO_NATS = 'nats://127.0.0.1:1';
const WORKERS = 3;
/** With this many, the chance that a worker has none of them is one in a billion. */
const STREAMS = 60;

describe('a pool of workers', () => {
  const services: ServiceProcess[] = [];
  const clients: StreamClient[] = [];
  let nats: NatsServer;

  before(async () => (nats = await NatsServer.start()));
  after(() => nats.close());

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const service of services.splice(0)) {
      const pids = workerPids(service);
      await service.kill();
      await eventually('no worker to be left', () => !pids.some(isAlive), 60_000);
    }
  });

  async function startPool(environment: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = spawnPool(environment);
    await service.logged('workers_started');
    return service;
  }

  function spawnPool(environment: Record<string, string> = {}): ServiceProcess {
    const service = ServiceProcess.spawn({
      UPDATE_LOG: 'nats',
      NATS_URL: NO_NATS,
      WORKERS: String(WORKERS),
      ...environment,
    });
    services.push(service);
    return service;
  }

  async function open(service: ServiceProcess, environment = 'abc'): Promise<StreamClient> {
    const client = await StreamClient.open(service.port, environment);
    clients.push(client);
    return client;
  }

  async function openMany(service: ServiceProcess): Promise<StreamClient[]> {
    return Promise.all(Array.from({ length: STREAMS }, () => open(service)));
  }

  function publish(service: ServiceProcess, updatedAt: number): Promise<Response> {
    return fetch(service.url('/sse/environments/abc/queue-change'), {
      method: 'POST',
      headers: { Authorization: `Token ${TOKEN}` },
      body: JSON.stringify({ updated_at: updatedAt }),
    });
  }

  async function isReady(service: ServiceProcess): Promise<boolean> {
    // Each probe has its own connection, so several in a row reach every worker.
    for (let probe = 0; probe < 5 * WORKERS; probe++) {
      const response = await fetch(service.url('/readyz'), { headers: { Connection: 'close' } });
      if (response.status !== 200) return false;
    }
    return true;
  }

  for (const transport of ['uws', 'node'])
    it(`shares one port over ${transport}: all subscribers of all workers receive what one of them accepted`, async () => {
      const service = await startPool({ NATS_URL: nats.url, HTTP1_TRANSPORT: transport });
      await eventually('all workers to be ready', () => isReady(service));
      const streams = await openMany(service);
      expect((await publish(service, 123)).status).to.equal(200);
      for (const stream of streams) await stream.hears('123');
    });

  it('restarts a worker that was killed, later each time, while the others continue to serve', async () => {
    const service = await startPool();
    const streams = await openMany(service);
    const [victim] = workerPids(service);
    process.kill(victim as number, 'SIGKILL');
    await eventually('its streams to break', () => streams.some(({ raw }) => raw.ending !== 'open'));
    await eventually('a worker in its place', () => workerPids(service).length === WORKERS + 1);
    expect(streams.some(({ raw }) => raw.ending === 'open')).to.equal(true);
    // The worker in the same place again, which is as young.
    process.kill(workerPids(service).at(-1) as number, 'SIGKILL');
    await eventually('the next one', () => workerPids(service).length === WORKERS + 2);
    const [first, second] = lines(service, 'worker_ended').map((line) => line['restartInMs'] as number);
    expect(second).to.equal(2 * (first as number));
    expect((await open(service)).status).to.equal(200);
  });

  for (const how of ['by event', 'by exception']) {
    const failing = (when: string): Record<string, string> => ({ ...preload('failing-forks'), FORKS_FAIL: how + when });

    it(`does not start if no worker can be forked, which shows ${how}, and says so`, async () => {
      const service = spawnPool(failing(''));
      expect(await service.exited()).to.equal(1);
      expect(lines(service, 'worker_not_forked')).to.have.length(WORKERS);
      expect(service.stderr).to.include('a worker could not start');
    });

    it(`fills its places as soon as workers can be forked again, if that fails ${how}`, async () => {
      const service = await startPool({ NATS_URL: nats.url, ...failing(', later') });
      await eventually('all workers to be ready', () => isReady(service));
      const [victim] = workerPids(service);
      service.signal('SIGUSR2');
      await service.logged('forks_fail');
      service.signal('SIGHUP');
      await service.logged('workers_replaced');
      expect(lines(service, 'workers_replaced')[0]?.['replaced']).to.equal(0);
      process.kill(victim as number, 'SIGKILL');
      await eventually('two tries', () => lines(service, 'worker_not_forked').length >= WORKERS + 2);
      const tries = [...lines(service, 'worker_ended'), ...lines(service, 'worker_not_forked').slice(WORKERS)];
      expect(tries.slice(0, 3).map((line) => line['restartInMs'])).to.deep.equal([250, 500, 1000]);
      expect((await open(service)).status).to.equal(200);
      service.signal('SIGUSR2');
      await service.logged('forks_succeed');
      await eventually('a worker in its place', () => workerPids(service).length === WORKERS + 1);
      service.signal('SIGHUP');
      await eventually('all to be replaced', () => lines(service, 'workers_replaced').length === 2, 60_000);
      expect(lines(service, 'workers_replaced')[1]?.['replaced']).to.equal(WORKERS);
    });
  }

  it('drains all workers together on SIGTERM, every stream ended properly, and ends with 0', async () => {
    const service = await startPool();
    const streams = await openMany(service);
    service.signal('SIGTERM');
    expect(await service.exited()).to.equal(0);
    for (const stream of streams) {
      await stream.raw.closed();
      expect(stream.endedProperly).to.equal(true);
    }
    expect(workerPids(service).some(isAlive)).to.equal(false);
  });

  it('ends at once on a second signal', async () => {
    const service = await startPool({ DRAIN_SECONDS: '600' });
    await openMany(service);
    service.signal('SIGTERM');
    await service.logged('drain_started');
    service.signal('SIGTERM');
    expect(await service.exited()).to.equal(1);
    await eventually('no worker to be left', () => !workerPids(service).some(isAlive));
  });

  it('replaces every worker in turn on SIGHUP, and serves throughout', async () => {
    const service = await startPool({ NATS_URL: nats.url });
    await eventually('all workers to be ready', () => isReady(service));
    const before = workerPids(service);
    const streams = await openMany(service);
    service.signal('SIGHUP');
    let replaced = false;
    let resets = 0;
    const serving = (async () => {
      while (!replaced) {
        let client = await open(service);
        // A connection that waits to be accepted at the moment when a worker closes its socket.
        if (client.raw.ending === 'reset' && ++resets <= WORKERS) client = await open(service);
        expect(client.status).to.equal(200);
        client.close();
      }
    })();
    await service.logged('workers_replaced').finally(() => (replaced = true));
    await serving;
    expect(lines(service, 'workers_replaced')[0]?.['replaced']).to.equal(WORKERS);
    expect(before.some(isAlive)).to.equal(false);
    for (const stream of streams) {
      await stream.raw.closed();
      expect(stream.endedProperly).to.equal(true);
    }
    expect((await publish(service, 456)).status).to.equal(200);
    await (await open(service)).hears('456');
  });

  it('serves TLS with each worker', async () => {
    const service = await startPool(TLS_TRANSPORTS[0].environment);
    const tls = { tls: {} };
    const opened = Array.from({ length: STREAMS }, async () =>
      StreamClient.on(await RawClient.connect(service.ports[1] ?? 0, '127.0.0.1', tls), 'abc'),
    );
    clients.push(...(await Promise.all(opened)));
    const loaded = service.lines.filter(({ event }) => event === 'certificate_loaded');
    expect(new Set(loaded.map(({ worker }) => worker)).size).to.equal(WORKERS);
    for (const client of clients) expect(client.status).to.equal(200);
    service.signal('SIGTERM');
    expect(await service.exited()).to.equal(0);
    for (const client of clients) await eventually('the last chunk', () => client.endedProperly);
  });

  it('shows the metrics of all workers, whichever one answers', async () => {
    const service = await startPool();
    await openMany(service);
    for (let probe = 0; probe < 2 * WORKERS; probe++) {
      const response = await fetch(service.url('/metricsz'), { headers: { Connection: 'close' } });
      expect(response.headers.get('content-type')).to.include('version=0.0.4');
      const page = await response.text();
      expect(page).to.match(new RegExp(`^flagsmith_sse_subscribers ${STREAMS}$`, 'm'));
      expect(page).to.match(new RegExp(`^flagsmith_sse_subscribers_total ${STREAMS}$`, 'm'));
      expect(page).to.match(/^halyard_log_caught_up 0$/m);
    }
  });

  it('shows a few figures of each worker beside the sums', async () => {
    const service = await startPool({ NATS_URL: nats.url });
    await eventually('all workers to be ready', () => isReady(service));
    await openMany(service);
    const page = await (await fetch(service.url('/metricsz'))).text();
    const each = (name: string): number[] =>
      [...page.matchAll(new RegExp(`^halyard_worker_${name}\\{worker="\\d+"\\} (\\S+)$`, 'gm'))].map(([, value]) =>
        Number(value),
      );
    const ones = Array.from({ length: WORKERS }, () => 1);
    for (const state of ['up', 'log_connected', 'log_caught_up']) expect(each(state), state).to.deep.equal(ones);
    const streams = each('subscribers');
    expect(streams).to.have.length(WORKERS);
    expect(streams.reduce((sum, value) => sum + value, 0)).to.equal(STREAMS);
    for (const memory of each('resident_memory_bytes')) expect(memory).to.be.greaterThan(1e6);
    expect(each('resident_memory_bytes')).to.have.length(WORKERS);
    expect(each('eventloop_lag_p99_seconds')).to.have.length(WORKERS);
    expect(each('channels_spreading')).to.deep.equal(ones.map(() => 0));
  });

  it('has one history of all workers for the console, whichever one answers, including one that has ended', async () => {
    const service = await startPool({ CONSOLE: 'on' });
    await openMany(service);
    const opened = async (): Promise<number> => {
      const headers = { Authorization: `Token ${TOKEN}`, Connection: 'close' };
      // The request may reach the one that is killed.
      const answer = await fetch(service.url('/console/history'), { headers }).catch(() => undefined);
      const body = (await answer?.json()) as { samples: { opened: number }[] } | undefined;
      return (body?.samples ?? []).reduce((sum, sample) => sum + sample.opened, 0);
    };
    for (let probe = 0; probe < 2 * WORKERS; probe++)
      await eventually('the samples of all workers', async () => (await opened()) === STREAMS);
    process.kill(workerPids(service)[0] as number, 'SIGKILL');
    await eventually('a worker in its place', () => workerPids(service).length === WORKERS + 1);
    expect(await opened()).to.equal(STREAMS);
  });

  it('forgets no count when a worker ends, so that no rate mistakes it for a restart', async () => {
    const service = await startPool();
    await openMany(service);
    const figures = async (): Promise<number[]> => {
      const probe = fetch(service.url('/metricsz'), { headers: { Connection: 'close' } });
      // A probe may still reach the one that was killed.
      const page = await probe.then((response) => response.text()).catch(() => '');
      return ['', '_total'].map((end) =>
        Number(new RegExp(`^flagsmith_sse_subscribers${end} (\\d+)$`, 'm').exec(page)?.[1]),
      );
    };
    expect(await figures()).to.deep.equal([STREAMS, STREAMS]);
    process.kill(workerPids(service)[0] as number, 'SIGKILL');
    let now: number[] = [];
    await eventually('its streams to be gone', async () => ((now = await figures())[0] ?? STREAMS) < STREAMS);
    expect(now[1]).to.equal(STREAMS);
  });

  it('shows the metrics of the workers that answer, if one hangs', async () => {
    const service = await startPool();
    await openMany(service);
    const [hanging] = workerPids(service);
    let up: string[] = [];
    process.kill(hanging as number, 'SIGSTOP');
    try {
      // The kernel gives the hanging one its share of connections: those probes are not answered at all.
      await eventually(
        'an answer',
        async () => {
          const signal = AbortSignal.timeout(5000);
          const probe = fetch(service.url('/metricsz'), { headers: { Connection: 'close' }, signal });
          const page = await probe.then((response) => response.text()).catch(() => '');
          const subscribers = Number(/^flagsmith_sse_subscribers (\d+)$/m.exec(page)?.[1]);
          if (subscribers > 0)
            up = [...page.matchAll(/^halyard_worker_up\{.*\} (\d)$/gm)].map(([, value]) => value ?? '');
          return subscribers > 0 && subscribers < STREAMS;
        },
        60_000,
      );
    } finally {
      process.kill(hanging as number, 'SIGCONT');
    }
    expect(up.sort()).to.deep.equal(['0', '1', '1']);
    await service.logged('worker_metrics_missing');
  });

  it('does not start if another process has the port, and reports it', async () => {
    const holder: Server = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    const service = spawnPool({ LISTEN_ADDR: `127.0.0.1:${port}` });
    expect(await service.exited()).to.equal(1);
    holder.close();
    expect(service.stderr).to.include(`cannot listen on 127.0.0.1:${port}: EADDRINUSE`);
    expect(workerPids(service)).to.deep.equal([]);
  });

  it('does not start beside another pool, whose workers would share the port with its own', async () => {
    const first = await startPool();
    const second = spawnPool({ LISTEN_ADDR: `127.0.0.1:${first.port}` });
    expect(await second.exited()).to.equal(1);
    expect(second.stderr).to.include('EADDRINUSE');
    const single = spawnPool({ LISTEN_ADDR: `127.0.0.1:${first.port}`, WORKERS: '1' });
    expect(await single.exited()).to.equal(1);
    expect(single.stderr).to.include(`cannot listen on 127.0.0.1:${first.port}`);
  });

  it('refuses the memory log, which workers cannot share', async () => {
    const service = spawnPool({ UPDATE_LOG: 'memory' });
    expect(await service.exited()).to.equal(1);
    expect(service.stderr).to.include('WORKERS must be 1 with UPDATE_LOG=memory');
  });

  it('ends the streams of a worker that crashes properly, and starts another in its place', async () => {
    const service = await startPool(preload('crashing'));
    const streams = await openMany(service);
    process.kill(workerPids(service)[0] as number, 'SIGUSR2');
    await eventually('a worker in its place', () => workerPids(service).length === WORKERS + 1);
    expect(lines(service, 'worker_ended').map(({ exit }) => exit)).to.deep.equal([1]);
    expect(lines(service, 'crashed').map(({ worker }) => worker)).to.deep.equal([
      lines(service, 'worker_ended')[0]?.worker,
    ]);
    const ended = streams.filter(({ raw }) => raw.ending !== 'open');
    expect(ended.length).to.be.within(1, STREAMS - 1);
    for (const { endedProperly, raw } of ended) expect([endedProperly, raw.ending]).to.deep.equal([true, 'ended']);
  });

  it('drains its workers when the primary crashes, and ends with 1', async () => {
    const service = await startPool(preload('crashing'));
    const streams = await openMany(service);
    service.signal('SIGUSR2');
    expect(await service.exited()).to.equal(1);
    expect(lines(service, 'crashed').map(({ reason }) => reason)).to.deep.equal(['a planted bug']);
    expect(workerPids(service).some(isAlive)).to.equal(false);
    for (const stream of streams) {
      await stream.raw.closed();
      expect([stream.endedProperly, stream.raw.ending]).to.deep.equal([true, 'ended']);
    }
  });

  it('ends at once when the primary crashes while its workers drain from a crash', async () => {
    const service = await startPool({ ...preload('crashing'), DRAIN_SECONDS: '600' });
    await openMany(service);
    service.signal('SIGUSR2');
    await service.logged('drain_started');
    expect(service.exitCode).to.equal(undefined);
    service.signal('SIGUSR2');
    expect(await service.exited()).to.equal(1);
    for (const pid of workerPids(service)) process.kill(pid, 'SIGKILL');
  });

  it('drains its workers when the primary is killed', async () => {
    const service = await startPool();
    const streams = await openMany(service);
    service.signal('SIGKILL');
    await service.exited();
    for (const stream of streams) {
      await stream.raw.closed();
      expect(stream.endedProperly).to.equal(true);
    }
    await eventually('the workers to end', () => !workerPids(service).some(isAlive));
  });
});

function lines(service: ServiceProcess, event: string): LogLine[] {
  return service.lines.filter((line) => line.event === event);
}

/** In the order of their starts. */
function workerPids(service: ServiceProcess): number[] {
  return lines(service, 'worker_started').map((line) => line['pid'] as number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
