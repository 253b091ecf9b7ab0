import { expect } from 'chai';
import type { Browser, BrowserContext } from 'playwright-core';
import { type Instance, Instances } from '../compat/instances.ts';
import { eventually } from '../support/eventually.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { launchChromium } from '../support/servers/chromium.ts';
import { ENVIRONMENT, ChangingApi } from '../support/servers/changing-api.ts';
import { FrontDoor } from '../support/servers/front-door.ts';
import { WebSite } from '../support/servers/web-site.ts';
import { type PageSettings, PROVIDER_PAGE, ProviderPage } from './provider-page.ts';

/** Faster than the provider's debounce of 50 ms. */
const BURST_EVERY_MS = 20;
/** At least this long the service waits between two events of an environment (PROTOCOL.md, O-7). */
const SPACING_MS = 1100;

describe('The OpenFeature web provider in a real browser', () => {
  let browser: Browser;
  let site: WebSite;
  let context: BrowserContext;
  let api: ChangingApi;
  let door: FrontDoor;
  let instances: Instances;
  before(async () => {
    browser = await launchChromium();
    site = await WebSite.open({ '/': PROVIDER_PAGE });
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    [api, door, instances] = [await ChangingApi.start(), await FrontDoor.open(), new Instances()];
  });
  afterEach(async () => {
    await context.close();
    await door.close();
    await instances.stop();
    await api.close();
  });

  /** An instance to which the front door leads from now on. */
  async function startInstance(environment: Record<string, string> = {}): Promise<Instance> {
    const instance = await instances.start({ FLAGSMITH_API_URL: api.url, ...environment });
    door.leadTo(instance.port);
    return instance;
  }

  function openPage(settings: Partial<PageSettings> = {}, waits = true): Promise<ProviderPage> {
    return ProviderPage.open(context, site.url('/'), { baseUrl: door.url.replace(/\/$/, ''), ...settings }, waits);
  }

  async function change(instance: Instance): Promise<void> {
    expect((await instance.publish(ENVIRONMENT, api.change())).status).to.equal(200);
  }

  async function follows(instance: Instance, streams = 1): Promise<void> {
    await eventually(`${streams} streams`, () => instance.subscribers === streams);
  }

  it('has the flags at its start, each with its type', async () => {
    await startInstance();
    const page = await openPage({ context: { targetingKey: 'user-1', plan: 'gold' } });
    expect(await page.status()).to.equal('READY');
    const version = await page.details('Number', 'version', 0);
    expect(version).to.deep.include({ value: 1, reason: 'TARGETING_MATCH' });
    expect(version.flagMetadata).to.deep.include({ enabled: true });
    expect(await page.details('String', 'greeting', '')).to.deep.include({ value: 'Hello, gold' });
    expect(await page.details('Boolean', 'dark_mode', false)).to.deep.include({ value: true });
    expect(await page.details('Boolean', 'beta', true)).to.deep.include({ value: false, reason: 'DISABLED' });
    expect(await page.details('String', 'limits', '')).to.deep.include({ value: '{"seats":3}' });
  });

  it('gives the default of the code for a disabled flag with a value, and for a getter of another type', async () => {
    await startInstance();
    const page = await openPage();
    expect(await page.details('Number', 'discount', 7)).to.deep.include({ value: 7, reason: 'DISABLED' });
    expect(await page.details('Boolean', 'discount', true)).to.deep.include({ value: true, reason: 'DISABLED' });
    const mismatch = await page.details('Boolean', 'version', false);
    expect(mismatch).to.deep.include({ value: false, errorCode: 'TYPE_MISMATCH' });
    expect(await page.details('Boolean', 'no_such_flag', true)).to.deep.include({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
  });

  it('has the flags of the environment without a context', async () => {
    await startInstance();
    const page = await openPage({ context: {} });
    expect(await page.details('String', 'greeting', '')).to.deep.include({ value: 'Hello, all', reason: 'STATIC' });
  });

  for (const [name, value] of [
    ['X-API-Key', ENVIRONMENT],
    ['Authorization', `Bearer ${ENVIRONMENT}`],
    ['X-Environment-Key', ENVIRONMENT],
  ] as const)
    it(`sends its key as ${name}, and has a change`, async () => {
      const instance = await startInstance();
      const page = await openPage({ headers: [[name, value]] });
      await page.shows('version', 1);
      await follows(instance);
      await change(instance);
      await page.shows('version', 2);
    });

  it('is in the state FATAL with a key that Flagsmith refuses', async () => {
    await startInstance();
    const page = await openPage({ headers: [['X-API-Key', 'another']] });
    expect(await page.status()).to.equal('FATAL');
  });

  it('is in the state ERROR when the API fails at its start, and begins with the flags that it kept where it has some', async () => {
    const instance = await startInstance();
    api.failures = 1;
    const page = await openPage();
    expect(await page.status()).to.equal('ERROR');
    expect(await page.details('Number', 'version', 7)).to.deep.include({ value: 7 });
    const later = await openPage();
    await later.shows('version', 1);
    await follows(instance);
    api.failures = 1;
    const kept = await openPage();
    expect(await kept.details('Number', 'version', 7)).to.deep.include({ value: 1, reason: 'CACHED' });
  });

  it('follows the stream at PUBLIC_URL, where its flags come from elsewhere', async () => {
    const instance = await startInstance({ PUBLIC_URL: door.url });
    const page = await openPage({ baseUrl: instance.url('') });
    await follows(instance);
    await change(instance);
    await page.shows('version', 2);
    expect(door.connections).to.equal(1);
  });

  it('has a change within a second of the POST, and asks for the flags once', async () => {
    const instance = await startInstance();
    const page = await openPage();
    await follows(instance);
    const evaluations = page.evaluations;
    const tookMs: number[] = [];
    for (let changes = 1; changes <= 5; changes++) {
      const beganMs = performance.now();
      await change(instance);
      await page.shows('version', api.version);
      tookMs.push(performance.now() - beganMs);
      // Changes that are closer together wait for one another.
      await eventually('the second of the last change to pass', () => performance.now() - beganMs > SPACING_MS);
    }
    // A machine that is busy with other runs may delay some of them.
    expect(Math.min(...tookMs), tookMs.join()).to.be.below(1000);
    expect(page.evaluations).to.equal(evaluations + tookMs.length);
    expect(await page.status()).to.equal('READY');
    expect(await page.events()).to.include('PROVIDER_CONFIGURATION_CHANGED');
  });

  describe('loses no change', () => {
    it('while its connection is cut: the browser connects again, and the newest is sent then', async () => {
      const instance = await startInstance();
      const page = await openPage();
      await follows(instance);
      // Cut before its head has arrived, a stream is closed for good: then the provider begins again, and is ready.
      await change(instance);
      await page.shows('version', 2);
      door.leadTo(undefined);
      door.cut();
      await follows(instance, 0);
      await change(instance);
      door.leadTo(instance.port);
      await page.shows('version', 3);
      await follows(instance);
      await change(instance);
      await page.shows('version', 4);
      expect(await page.status(), 'the provider stays in this state after any end of a stream').to.equal('STALE');
    });

    it('and receives nothing on connecting again when nothing changed', async () => {
      const instance = await startInstance();
      const page = await openPage();
      await follows(instance);
      await change(instance);
      await page.shows('version', 2);
      door.cut();
      await eventually('another stream', () => page.streamsAtMs.length === 2);
      await follows(instance);
      await change(instance);
      await page.shows('version', 3);
      expect(await page.messages(), 'one for each change').to.equal(2);
    });

    it('while the service restarts', async () => {
      const first = await startInstance();
      const page = await openPage();
      await follows(first);
      await change(first);
      await page.shows('version', 2);
      door.leadTo(undefined);
      await first.stop();
      const second = await instances.start({ FLAGSMITH_API_URL: api.url });
      await change(second);
      door.leadTo(second.port);
      await page.shows('version', 3);
      await follows(second);
      await change(second);
      await page.shows('version', 4);
    });

    it('between its first flags and its stream', async () => {
      const instance = await startInstance();
      await change(instance);
      api.hold();
      const page = await openPage({}, false);
      await eventually('its flags to be read', () => api.reads === 1);
      await change(instance);
      api.release();
      await page.isLoaded();
      await page.shows('version', 3);
      await follows(instance);
    });

    it('and receives nothing on connecting when its flags have the newest change', async () => {
      const instance = await startInstance();
      await change(instance);
      const page = await openPage();
      await follows(instance);
      await change(instance);
      await page.shows('version', 3);
      expect(await page.messages(), 'that of the second change').to.equal(1);
    });

    it('while changes come faster than it waits for them to end', async () => {
      const instance = await startInstance();
      const page = await openPage();
      await follows(instance);
      const beganMs = performance.now();
      let published = change(instance);
      const timer = setInterval(() => {
        published = published.then(() => change(instance));
      }, BURST_EVERY_MS);
      let shown = 1;
      try {
        for (let more = 0; more < 3; more++) {
          const before = shown;
          await eventually(
            () => `a version after ${before} in the page, while changes go on to come`,
            async () => (shown = Number((await page.details('Number', 'version', 0)).value)) > before,
          );
        }
      } finally {
        clearInterval(timer);
      }
      await published;
      await page.shows('version', api.version);
      // Closer together they could keep the provider waiting, whatever became of these.
      const messages = await page.messages();
      expect(messages, 'one a second').to.be.at.most((performance.now() - beganMs) / 1000 + 1);
    });

    it('when the API answers 503 once', async () => {
      const instance = await startInstance();
      const page = await openPage();
      await follows(instance);
      api.failures = 1;
      await change(instance);
      await page.shows('version', 2);
      expect(api.failures).to.equal(0);
      expect(page.evaluations, 'the provider itself does not try again').to.equal(2);
    });

    it('while it is not open: it begins with the flags that it kept, and has the new ones', async () => {
      const instance = await startInstance();
      const page = await openPage();
      await follows(instance);
      await page.close();
      await follows(instance, 0);
      await change(instance);
      const again = await openPage();
      await again.shows('version', 2);
      await follows(instance);
      await change(instance);
      await again.shows('version', 3);
    });
  });

  it('has the flags of each of two contexts, also where the key stays and traits alone change', async () => {
    const instance = await startInstance();
    const page = await openPage({ context: { targetingKey: 'user-1', plan: 'gold' } });
    await page.shows('greeting', 'Hello, gold');
    await page.setContext({ targetingKey: 'user-1', plan: 'iron' });
    await page.shows('greeting', 'Hello, iron');
    await page.setContext({ targetingKey: 'user-2', plan: 'gold' });
    await page.shows('greeting', 'Hello, gold');
    await follows(instance);
    await change(instance);
    await page.shows('version', 2);
    await page.shows('greeting', 'Hello, gold');
  });

  it('has flags of its own in each of two tabs', async () => {
    const instance = await startInstance();
    const [gold, iron] = [
      await openPage({ context: { targetingKey: 'user-1', plan: 'gold' } }),
      await openPage({ context: { targetingKey: 'user-2', plan: 'iron' } }),
    ];
    await follows(instance, 2);
    await change(instance);
    for (const page of [gold, iron]) await page.shows('version', 2);
    await gold.shows('greeting', 'Hello, gold');
    await iron.shows('greeting', 'Hello, iron');
  });

  it('has changes in seven tabs over HTTP/2', async () => {
    const files = await CertificateFiles.make();
    try {
      const instance = await startInstance(files.environment);
      door.leadTo(instance.ports[1]);
      const baseUrl = `https://127.0.0.1:${new URL(door.url).port}`;
      const tabs: ProviderPage[] = [];
      for (let tab = 1; tab <= 7; tab++)
        tabs.push(await openPage({ baseUrl, context: { targetingKey: `user-${tab}` } }));
      await follows(instance, 7);
      await change(instance);
      for (const tab of tabs) await tab.shows('version', 2);
    } finally {
      await files.remove();
    }
  });

  it('is not refused by a service that is full: it waits, asks seldom, and has the change when there is room', async () => {
    const instance = await startInstance({ MAX_SUBSCRIBERS: '1' });
    const first = await openPage({ context: { targetingKey: 'user-1' } });
    await follows(instance);
    const second = await openPage({ context: { targetingKey: 'user-2' } });
    await second.shows('version', 1);
    await eventually('the second attempt at a stream', () => second.streamsAtMs.length === 2);
    const [firstMs = 0, secondMs = 0] = second.streamsAtMs;
    expect(secondMs - firstMs, 'ms between two attempts').to.be.above(14_000);
    expect(second.evaluations).to.equal(1);
    await change(instance);
    await first.close();
    await second.shows('version', 2);
    await follows(instance);
  });
});
