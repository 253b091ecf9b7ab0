import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { Instances } from '../compat/instances.ts';
import { flutter } from '../compat/sdks/flutter.ts';
import { go } from '../compat/sdks/go.ts';
import { ios } from '../compat/sdks/ios.ts';
import { kotlin } from '../compat/sdks/kotlin.ts';
import { python } from '../compat/sdks/python.ts';
import { reactNative } from '../compat/sdks/react-native.ts';
import { ruby } from '../compat/sdks/ruby.ts';
import { SdkClient } from '../compat/sdks/sdk-client.ts';
import { FlagsmithSdk } from '../support/clients/flagsmith-sdk.ts';
import { eventually } from '../support/eventually.ts';
import { launchChromium } from '../support/servers/chromium.ts';
import { type Change, FlagsApi } from '../support/servers/flags-api.ts';
import type { RunningService } from '../support/servers/running-service.ts';
import { WebSite } from '../support/servers/web-site.ts';

const ENVIRONMENT = 'abcxyz';
const SDKS = [python, go, ios, kotlin, reactNative, ruby, flutter];

/** The page shows its application's flags in its title. */
const PAGES = {
  '/': `<script src="/flagsmith.js"></script><script>
    const parameters = new URLSearchParams(location.search);
    flagsmith.init({
      environmentID: '${ENVIRONMENT}',
      api: parameters.get('api'),
      eventSourceUrl: parameters.get('realtime'),
      realtime: true,
      onChange: () => { document.title = flagsmith.getValue('version'); },
    });
  </script>`,
};

/** An application with an SDK in it. */
interface Application {
  readonly name: string;
  /** Whether it fetches again for the same time if its flags are older than that. */
  readonly heedsEcho: boolean;
  version(): number | Promise<number>;
  isFetching(): boolean;
  stop(): void;
}

describe('Applications whose flags are relayed', function () {
  // Chromium may have to be downloaded first.
  this.timeout(600_000);

  let browser: Browser;
  let site: WebSite;
  let api: FlagsApi;
  let instances: Instances;
  /** Streams are on one instance, and flags are fetched from the other. */
  let streaming: RunningService;
  let relaying: RunningService;
  let applications: readonly Application[];

  before(async () => {
    browser = await launchChromium();
    site = await WebSite.open(PAGES);
    api = await FlagsApi.start();
    instances = new Instances();
    const settings = {
      FLAGS_RELAY: 'on',
      FLAGSMITH_API_URL: api.url,
      FLAGSMITH_API_TIMEOUT_SECONDS: '60',
      STREAM_AGE_RULES: 'Dart/=1.1-1.3,Faraday=0.2-0.3',
    };
    streaming = await instances.start(settings);
    relaying = await instances.start(settings);
    const [flags, realtime] = [relaying.url('/api/v1/'), streaming.url('/')];
    const inNode = new FlagsmithSdk('@flagsmith/flagsmith', flags, realtime, ENVIRONMENT);
    const page = await browser.newPage();
    await page.goto(site.url('/', { api: flags, realtime }));
    applications = [
      {
        name: 'JavaScript in Node',
        heedsEcho: true,
        version: () => inNode.version,
        isFetching: () => false,
        stop: () => inNode.stop(),
      },
      inBrowser(page),
      ...SDKS.map((sdk) => {
        const client = new SdkClient(sdk, realtime, ENVIRONMENT, flags);
        void client.start();
        return {
          name: sdk.name,
          heedsEcho: sdk.comparesWith === 'document',
          version: () => client.version,
          isFetching: () => client.fetches > 0,
          stop: () => client.stop(),
        };
      }),
    ];
    await areCurrent('loading');
    await eventually('their streams', () => streaming.subscribers >= applications.length);
  });

  after(async () => {
    for (const application of applications ?? []) application.stop();
    await browser?.close();
    await site?.close();
    await instances?.stop();
    await api?.close();
  });

  beforeEach(async () => {
    api.behaviour = 'well';
    api.forgetAnswers();
    await publish(api.change());
    await areCurrent('a change before the test');
  });

  function inBrowser(page: Page): Application {
    const version = async (): Promise<number> => Number(await page.title());
    return {
      name: 'JavaScript in Chromium',
      heedsEcho: true,
      version,
      isFetching: () => false,
      stop: () => void page.close(),
    };
  }

  async function publish(change: Change): Promise<void> {
    expect((await streaming.publish(ENVIRONMENT, change.iso)).status).to.equal(200);
  }

  async function areCurrent(when: string, which = applications): Promise<void> {
    let behind: string[] = [];
    await eventually(
      () => `all to have version ${api.latest.version} after ${when}; behind are ${behind.join(', ')}`,
      async () => {
        const versions = await Promise.all(which.map(async (application) => application.version()));
        behind = which
          .filter((one, at) => one.isFetching() || versions[at] !== api.latest.version)
          .map(({ name }) => name);
        return behind.length === 0;
      },
      60_000,
    );
  }

  it('have the newest flags after each change, and the API receives one or two requests for all of them', async () => {
    for (let change = 0; change < 5; change++) {
      const [before, beganMs] = [api.reads, performance.now()];
      await publish(api.change());
      await areCurrent('a change');
      // Ruby's SDK fetches when its stream has ended, which may be after FLAGS_MAX_AGE_SECONDS.
      const seconds = (performance.now() - beganMs) / 1000;
      expect(api.reads - before).to.be.within(1, 2 + Math.ceil(seconds / 2));
    }
  });

  it('have the newest flags after a burst that arrives while they fetch from an API that takes 300 ms', async () => {
    api.behaviour = 'slow';
    for (let change = 0; change < 20; change++) await publish(api.change());
    // Flutter's SDK ignores updates that arrive while it fetches: the last change is for it.
    await eventually('all to have fetched', () => applications.every((one) => !one.isFetching()), 60_000);
    await publish(api.change());
    await areCurrent('a burst');
  });

  for (const behaviour of ['down', 'wrong'] as const)
    it(`continue with the flags that they have while the API is ${behaviour}, and have the newest with the next change`, async () => {
      const { version } = api.latest;
      api.behaviour = behaviour;
      const reads = api.reads;
      await publish(api.change());
      await eventually('the API to be asked', () => api.reads > reads);
      const first = await fetch(relaying.url('/api/v1/flags/'), { headers: { 'X-Environment-Key': ENVIRONMENT } });
      expect([first.status, first.headers.get('x-halyard-stale')]).to.deep.equal([200, '1']);
      for (const application of applications) expect(await application.version(), application.name).to.equal(version);
      api.behaviour = 'well';
      await eventually('all to have fetched', () => applications.every((one) => !one.isFetching()));
      await publish(api.change());
      await areCurrent('an API that failed');
    });

  it('have the newest flags through the echo, if they react to it, after an API answered a change with old ones', async () => {
    api.cacheAnswers();
    const change = api.change();
    const reads = api.reads;
    await publish(change);
    await eventually('the old flags to be fetched', () => api.reads > reads);
    await eventually('all to have fetched', () => applications.every((one) => !one.isFetching()));
    api.forgetAnswers();
    await publish(change);
    await areCurrent(
      'the echo',
      applications.filter(({ heedsEcho }) => heedsEcho),
    );
    await publish(api.change());
    await areCurrent('the next change');
  });
});
