import { expect } from 'chai';
import { Overview } from '../../application/overview.ts';
import { RecentChanges } from '../../application/recent-changes.ts';
import type { LogTrouble } from '../../application/ports/instance-overview.ts';
import type { LogFollower } from '../../application/ports/update-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { MemoryInstance } from '../support/memory/memory-instance.ts';

interface Watched {
  readonly instance: MemoryInstance;
  readonly overview: Overview;
  readonly lines: { troubleOfLog: LogTrouble | undefined };
}

async function watched(): Promise<Watched> {
  const instance = new MemoryInstance({ MAX_SUBSCRIBERS: '18000' });
  const { container } = instance;
  const recent = new RecentChanges(container.get(TOKENS.tail));
  container.rebind(TOKENS.follower).toConstantValue(recent);
  await instance.start();
  const { clock } = instance;
  const hubs = instance.container.get(TOKENS.hubs);
  const [tail, gauges] = [container.get(TOKENS.tail), container.get(TOKENS.gauges)];
  const lines: Watched['lines'] = { troubleOfLog: undefined };
  const overview = new Overview({ logName: 'memory', worker: null }, { hubs, tail, recent, gauges, clock, lines });
  return { instance, overview, lines };
}

describe('The overview of an instance', () => {
  it('says what holds, and since when', async () => {
    const { instance, overview } = await watched();
    const readyAt = new Date(instance.clock.epochMs()).toISOString();
    expect(overview.read()).to.include({ verdict: 'ready', since: readyAt, pending: 0 });
    await instance.clock.advance(5000);
    expect(overview.read().since).to.equal(readyAt);
    expect(overview.read().log).to.deep.equal({
      name: 'memory',
      connected: true,
      connectedSince: readyAt,
      caughtUp: true,
      caughtUpSince: readyAt,
      trouble: null,
      durable: false,
      epoch: 1,
    });
    instance.log.interrupt();
    await instance.clock.advance(6000);
    const away = overview.read();
    expect([away.verdict, away.log.connected, away.log.epoch]).to.deep.equal(['log_unavailable', false, 0]);
    expect(away.since).to.equal(new Date(instance.clock.epochMs()).toISOString());
  });

  it('says since when the log has been followed, also after a gap that no look fell into, and what went wrong', async () => {
    const { instance, overview, lines } = await watched();
    const at = (): string => new Date(instance.clock.epochMs()).toISOString();
    const startedAt = at();
    overview.look();
    await instance.clock.advance(60_000);
    instance.log.rebuild();
    await instance.clock.settle();
    lines.troubleOfLog = { at: at(), event: 'log_epoch_lost', fields: { reason: 'disconnected' } };
    overview.look();
    const backAt = at();
    await instance.clock.advance(60_000);
    const { log } = overview.read();
    expect(log).to.include({ connectedSince: startedAt, caughtUp: true, caughtUpSince: backAt, epoch: 2 });
    expect(log.trouble).to.deep.equal(lines.troubleOfLog);
  });

  it('has the environments that changed last, the latest first, with the streams that have received it', async () => {
    const { instance, overview } = await watched();
    const asleep = instance.subscribe('a');
    instance.subscribe('a');
    await instance.published('a', 1);
    await instance.published('b', 2);
    asleep.socket.stopReading();
    await instance.published('a', 3);
    await instance.published('a', 4);
    const changed = overview
      .read()
      .changed.map(({ environment, updated_at, streams, reached }) => [environment, updated_at, streams, reached]);
    expect(changed).to.deep.equal([
      ['a', '4', 2, 2],
      ['b', '2', 0, 0],
    ]);
  });

  it('remembers thirty environments, and leaves out what a replay brings', async () => {
    const { instance, overview } = await watched();
    for (let environment = 0; environment < 40; environment++) await instance.published(`e${environment}`, 1);
    expect(overview.read().changed.map(({ environment }) => environment))
      .to.have.length(30)
      .that.includes('e39');
    expect(overview.read().changed[0]?.environment).to.equal('e39');
    const other = new MemoryInstance({}, instance);
    const recent = new RecentChanges(other.container.get(TOKENS.tail));
    other.container.rebind(TOKENS.follower).toConstantValue(recent);
    await other.start();
    expect(other.hub.channels.size).to.equal(40);
    expect(recent.latest).to.deep.equal([]);
  });

  it('finds the environments with the most streams, a part of them at each reading', async () => {
    const { instance, overview } = await watched();
    for (let environment = 0; environment < 5000; environment++) instance.subscribe(`e${environment}`);
    for (const key of ['e7', 'e4900', 'e4900']) instance.subscribe(key);
    expect(overview.read().busiest).to.deep.equal([]);
    overview.read();
    const { busiest } = overview.read();
    expect(busiest.slice(0, 3)).to.deep.equal([
      { environment: 'e4900', streams: 3 },
      { environment: 'e7', streams: 2 },
      { environment: 'e0', streams: 1 },
    ]);
    expect(busiest).to.have.length(10);
  });

  it('visits ten thousand sessions at most, and says so of the others', async () => {
    const { instance, overview } = await watched();
    for (let stream = 0; stream < 6000; stream++) for (const key of ['a', 'b']) instance.subscribe(key);
    for (const key of ['a', 'b']) await instance.published(key, 1);
    expect(overview.read().changed.map(({ reached }) => reached)).to.deep.equal([6000, null]);
  });

  it('passes on everything that the log says', () => {
    const said: string[] = [];
    const follower: LogFollower = {
      epochStarted: (epoch, keptMs) => void said.push(`started ${epoch} ${keptMs}`),
      updated: (environment, update, epoch) => void said.push(`updated ${environment} ${update.sequence} ${epoch}`),
      caughtUp: (epoch) => void said.push(`caught up ${epoch}`),
      epochLost: (epoch, reason) => void said.push(`lost ${epoch} ${reason}`),
    };
    const recent = new RecentChanges(follower);
    const update = { sequence: 5, updatedAt: '1', storedAtMs: 0 };
    recent.epochStarted(1, 10);
    recent.updated('a' as never, update as never, 1);
    recent.caughtUp(1);
    recent.epochLost(1, 'cut');
    expect(said).to.deep.equal(['started 1 10', 'updated a 5 1', 'caught up 1', 'lost 1 cut']);
  });
});
