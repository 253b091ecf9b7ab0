import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { LiveStepClock } from '../../infrastructure/testing/live-step-clock.ts';
import { eventually } from '../support/eventually.ts';
import { FlagsApi } from '../support/servers/flags-api.ts';
import { startService } from '../support/servers/running-service.ts';
import { CASES, type Case, ENVIRONMENT, isAtRest } from './sdk-cases.ts';

/** Longer than the stand-in for the API's cache keeps its answers. */
const ECHO_SECONDS = 65;
/** Within this, each of Ruby's streams has ended, which is when it reads. */
const AGE_SECONDS = 40;

/**
 * The API answers from a cache: those that fetch on the event get the old flags. Then the cache has expired, and then
 * the echo comes. Time is stepped, so that nothing comes before the others have seen what was before it.
 */
async function staleScenario({ name, start, fetchesAgain }: Case): Promise<void> {
  const clock = new LiveStepClock(Date.now());
  const api = await FlagsApi.start();
  const service = await startService({ ECHO_SECONDS: String(ECHO_SECONDS), DRAIN_SECONDS: '1' }, (container) => {
    container.rebind(TOKENS.clock).toConstantValue(clock);
  });
  const app = start(service.url('/'), api);
  const has = (version: number, reads: number): Promise<void> =>
    eventually(
      () => `${name} to show version ${version} after ${reads} reads, not ${app.version} after ${api.reads}`,
      () => app.version === version && api.reads >= reads && isAtRest(app, api),
    );
  try {
    const first = api.latest;
    await has(first.version, 1);
    await eventually('its stream', () => service.subscribers > 0);
    api.cacheAnswers();
    const second = api.change();
    await service.publish(ENVIRONMENT, second.iso);
    await clock.advance(AGE_SECONDS * 1000);
    await has(first.version, 2);
    api.forgetAnswers();
    await eventually('its stream', () => service.subscribers > 0);
    const readsBefore = api.reads;
    await clock.advance(ECHO_SECONDS * 1000);
    if (fetchesAgain) await has(second.version, readsBefore + 1);
    // What it does with the next change shows that it has done nothing with the echo.
    await eventually('its stream', () => service.subscribers > 0);
    const readsAfter = api.reads;
    if (!fetchesAgain) expect(readsAfter).to.equal(readsBefore);
    const third = api.change();
    await service.publish(ENVIRONMENT, third.iso);
    await clock.advance(AGE_SECONDS * 1000);
    await has(third.version, readsAfter + 1);
    if (!fetchesAgain) expect(api.reads).to.equal(readsBefore + 1);
  } finally {
    app.stop();
    const stopped = service.stop();
    await clock.advance(60_000);
    await stopped;
    await api.close();
  }
}

describe('An application whose API answers from a cache for a while', () => {
  for (const tested of CASES)
    it(
      tested.fetchesAgain
        ? `has the newest flags after the echo: ${tested.name}`
        : `has the old flags until the next change, whatever the service does: ${tested.name}`,
      () => staleScenario(tested),
    ).timeout(120_000);
});
