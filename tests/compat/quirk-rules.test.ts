import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { VARIABLES } from '../../infrastructure/config.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

/** How much later than its age a stream may end: the sweep comes once a second. */
const SWEEP_MS = 1000;

const AGENTS = {
  flutter: 'Dart/3.5 (dart:io)',
  ruby: 'Faraday v2.12.0',
  android: 'flagsmith-kotlin-android-sdk/1.9.0',
  browser: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
};

describe('The built-in rules for the age of streams', () => {
  let clock: StepClock;
  let service: RunningService;

  async function start(random: number, environment: Record<string, string> = {}): Promise<void> {
    clock = new StepClock();
    service = await startService(environment, (container) => {
      container.rebind(TOKENS.clock).toConstantValue(clock);
      container.rebind(TOKENS.random).toConstantValue(() => random);
    });
  }

  afterEach(async () => {
    const stopped = service?.stop();
    await clock.advance(SWEEP_MS);
    await stopped;
  });

  const open = (agent: keyof typeof AGENTS): Promise<StreamClient> =>
    StreamClient.open(service.port, 'abcxyz', { 'User-Agent': AGENTS[agent] });

  for (const [agent, random, ageMs] of [
    // Flutter opens the next one after 29 s: an older stream must be there until then, and not for much longer.
    ['flutter', 0, 31_000],
    ['flutter', 0.999_999, 39_000],
    ['ruby', 0, 24_000],
    ['ruby', 0.999_999, 36_000],
    // Below the half hour of many load balancers: Android never comes back after a cut.
    ['android', 0, 25 * 60_000],
    ['android', 0.999_999, 29 * 60_000],
  ] as const)
    it(`end a stream of ${agent} properly at ${ageMs / 1000} s`, async () => {
      await start(random);
      const client = await open(agent);
      await clock.advance(ageMs - 1);
      expect(service.subscribers).to.equal(1);
      await clock.advance(SWEEP_MS + 1);
      expect(service.subscribers).to.equal(0);
      await eventually('the last chunk', () => client.endedProperly);
      client.close();
    });

  it("leave everyone else's streams open for as long as they want", async () => {
    await start(0);
    const client = await open('browser');
    await clock.advance(24 * 3_600_000);
    expect(service.subscribers).to.equal(1);
    client.close();
  });

  it('leave Android to a general age that is shorter, and no other SDK', async () => {
    await start(0.5, { MAX_STREAM_AGE_SECONDS: '20' });
    const clients = [await open('android'), await open('flutter')];
    await clock.advance(20_000 + SWEEP_MS);
    expect(service.subscribers).to.equal(1);
    expect(clients[0]?.endedProperly).to.equal(true);
    for (const client of clients) client.close();
  });

  it('keep Android below a general age that is longer', async () => {
    await start(0.5, { MAX_STREAM_AGE_SECONDS: '3600' });
    const client = await open('android');
    await clock.advance(27 * 60_000 + SWEEP_MS);
    expect(service.subscribers).to.equal(0);
    client.close();
  });

  it('can be switched off', async () => {
    await start(0, { STREAM_AGE_RULES: '' });
    const clients = [await open('flutter'), await open('ruby'), await open('android')];
    await clock.advance(3_600_000);
    expect(service.subscribers).to.equal(3);
    for (const client of clients) client.close();
  });

  it('can be replaced, and add to a general age', async () => {
    await start(0.5, { STREAM_AGE_RULES: 'Mozilla/=5-5', MAX_STREAM_AGE_SECONDS: '60' });
    const clients = [await open('browser'), await open('ruby')];
    await clock.advance(5000 + SWEEP_MS);
    expect(service.subscribers).to.equal(1);
    await clock.advance(55_000);
    expect(service.subscribers).to.equal(0);
    for (const client of clients) client.close();
  });
});

describe('The guide to the SDKs', () => {
  it('has the default rules as they are', () => {
    const guide = readFileSync('docs/sdks.md', 'utf8');
    const { default: rules } = VARIABLES.find(({ name }) => name === 'STREAM_AGE_RULES') as { default: string };
    expect(guide).to.include(`\`${rules}\``);
  });
});
