import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Instances } from '../compat/instances.ts';
import { launchChromium } from '../support/servers/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { FlagsApi } from '../support/servers/flags-api.ts';
import { FrontDoor } from '../support/servers/front-door.ts';
import { WebSite } from '../support/servers/web-site.ts';

const ENVIRONMENT = 'abcxyz';
const EVENT_NAME = 'environment_updated';

/** A page with the JavaScript SDK, by its name on npm. */
const pageOfSdk = (name: string): string => `<script src="/${name}.js"></script><script>
    const parameters = new URLSearchParams(location.search);
    flagsmith.init({
      environmentID: '${ENVIRONMENT}',
      api: parameters.get('api'),
      eventSourceUrl: parameters.get('realtime'),
      realtime: true,
      enableLogs: true,
      onChange: () => { document.title = flagsmith.getValue('version'); },
    });
  </script>`;

/** Each page shows in its title what its client read from the stream. */
const PAGES = {
  '/flagsmith': pageOfSdk('flagsmith'),
  '/@flagsmith/flagsmith': pageOfSdk('@flagsmith/flagsmith'),
  '/event-source': `<script>
    const stream = new EventSource(new URLSearchParams(location.search).get('stream'));
    const heard = [];
    stream.addEventListener('${EVENT_NAME}', ({ data }) => {
      heard.push(JSON.parse(data).updated_at);
      document.title = heard.join();
    });
  </script>`,
  '/react-native-sse': `<script type="module">
    import EventSource from '/react-native-sse.js';
    const stream = new EventSource(new URLSearchParams(location.search).get('stream'));
    const heard = [];
    stream.addEventListener('${EVENT_NAME}', ({ data }) => {
      heard.push(JSON.parse(data).updated_at);
      document.title = heard.join();
    });
  </script>`,
};

type SdkPage = '/flagsmith' | '/@flagsmith/flagsmith';
const SDK_PAGES: readonly SdkPage[] = ['/flagsmith', '/@flagsmith/flagsmith'];

describe('In a real browser', () => {
  let browser: Browser;
  let site: WebSite;
  let context: BrowserContext;
  let api: FlagsApi;
  let door: FrontDoor;
  let instances: Instances;
  before(async () => {
    browser = await launchChromium();
    site = await WebSite.open(PAGES);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    [context, api, door, instances] = [
      await browser.newContext(),
      await FlagsApi.start(),
      await FrontDoor.open(),
      new Instances(),
    ];
  });
  afterEach(async () => {
    await context.close();
    await door.close();
    await instances?.stop();
    await api?.close();
  });

  async function openPage(path: keyof typeof PAGES, parameters: Record<string, string>, on = site): Promise<Page> {
    const page = await context.newPage();
    await page.goto(on.url(path, parameters));
    return page;
  }

  function openApplication(on = site, path: SdkPage = '/@flagsmith/flagsmith'): Promise<Page> {
    return openPage(path, { api: api.url, realtime: door.url }, on);
  }

  async function shows(page: Page, title: string): Promise<void> {
    let shown = '';
    await eventually(
      () => `the page to show ${title}, not ${shown}`,
      async () => (shown = await page.title()) === title,
    );
  }

  describe('the flagsmith package', () => {
    for (const path of SDK_PAGES)
      it(`shows the new flag after a POST: ${path}`, async () => {
        const service = await instances.start();
        door.leadTo(service.port);
        const page = await openApplication(site, path);
        await shows(page, '1');
        await eventually('its stream', () => service.subscribers === 1);
        await service.publish(ENVIRONMENT, api.change().iso);
        await shows(page, '2');
      });

    it('catches up by itself after a restart of the service', async () => {
      const first = await instances.start();
      door.leadTo(first.port);
      const page = await openApplication();
      await shows(page, '1');
      await eventually('its stream', () => first.subscribers === 1);
      door.leadTo(undefined);
      await first.stop();
      const second = await instances.start();
      await second.publish(ENVIRONMENT, api.change().iso);
      door.leadTo(second.port);
      await shows(page, '2');
      await eventually('its stream', () => second.subscribers === 1);
      await second.publish(ENVIRONMENT, api.change().iso);
      await shows(page, '3');
    });

    it('works on every origin', async () => {
      const service = await instances.start();
      door.leadTo(service.port);
      const other = await WebSite.open(PAGES);
      try {
        const pages = [await openApplication(), await openApplication(other)];
        for (const page of pages) await shows(page, '1');
        await eventually('their streams', () => service.subscribers === 2);
        await service.publish(ENVIRONMENT, api.change().iso);
        for (const page of pages) await shows(page, '2');
      } finally {
        await other.close();
      }
    });
  });

  describe('the flagsmith package in ten tabs', () => {
    const openTabs = (realtimeOf: (tab: number) => string): Promise<Page[]> =>
      Promise.all(
        Array.from({ length: 10 }, (_, tab) =>
          openPage('/@flagsmith/flagsmith', { api: api.url, realtime: realtimeOf(tab) }),
        ),
      );

    it('shows the new flag in all of them, through two names of the service', async () => {
      const service = await instances.start();
      door.leadTo(service.port);
      const otherName = door.url.replace('127.0.0.1', 'localhost');
      const tabs = await openTabs((tab) => (tab % 2 === 0 ? door.url : otherName));
      await eventually('their streams', () => service.subscribers === tabs.length);
      for (const tab of tabs) await shows(tab, '1');
      await service.publish(ENVIRONMENT, api.change().iso);
      for (const tab of tabs) await shows(tab, '2');
    });

    it('holds six streams to one name, the limit of browsers with HTTP/1.1; a tab that waited catches up', async () => {
      const service = await instances.start();
      door.leadTo(service.port);
      const tabs = await openTabs(() => door.url);
      for (const tab of tabs) await shows(tab, '1');
      await eventually('six streams', () => service.subscribers === 6);
      await service.publish(ENVIRONMENT, api.change().iso);
      let left = tabs;
      await eventually('six tabs to show the new flag', async () => {
        const titles = await Promise.all(tabs.map((tab) => tab.title()));
        left = tabs.filter((_, index) => titles[index] === '1');
        return left.length === 4;
      });
      for (const tab of tabs) if (!left.includes(tab)) await tab.close();
      for (const tab of left) await shows(tab, '2');
    });
  });

  for (const RESUME of ['off', 'on'])
    it(`the flagsmith package catches up on reconnecting with an update that it ignored: RESUME=${RESUME}`, async () => {
      const first = await instances.start({ RESUME });
      door.leadTo(first.port);
      api.hold();
      const page = await context.newPage();
      const passedOver = page.waitForEvent('console', (message) => message.text().includes('but flags are loading'));
      await page.goto(site.url('/@flagsmith/flagsmith', { api: api.url, realtime: door.url }));
      await eventually('its stream', () => first.subscribers === 1);
      await eventually('its flags to be on their way', () => api.reads === 1);
      await first.publish(ENVIRONMENT, api.change().iso);
      await passedOver;
      api.release();
      await shows(page, '1');
      const second = await instances.start({ RESUME });
      door.leadTo(second.port);
      await first.stop();
      await shows(page, '2');
    });

  describe('the native EventSource', () => {
    it('does not receive an update again with RESUME=on, because it names it in a header', async () => {
      const first = await instances.start();
      door.leadTo(first.port);
      const page = await openPage('/event-source', { stream: `${door.url}sse/environments/${ENVIRONMENT}/stream` });
      await eventually('its stream', () => first.subscribers === 1);
      await first.publish(ENVIRONMENT, 1);
      await shows(page, '1');
      const second = await instances.start({ RESUME: 'on' });
      door.leadTo(second.port);
      await first.stop();
      await eventually('its next stream', () => second.subscribers === 1);
      await second.publish(ENVIRONMENT, 2);
      await shows(page, '1,2');
    });

    it('receives the replay, updates in order, and after the time of "retry:" reconnects to another instance', async () => {
      await hearsTwoInstances('/event-source');
      expect(door.connections, 'streams that it opened').to.equal(2);
    });
  });

  describe('react-native-sse', () => {
    it('receives the replay, updates in order, and after the time of "retry:" reconnects to another instance', () =>
      hearsTwoInstances('/react-native-sse'));
  });

  async function hearsTwoInstances(path: '/event-source' | '/react-native-sse'): Promise<void> {
    const first = await instances.start();
    door.leadTo(first.port);
    await first.publish(ENVIRONMENT, 1);
    const page = await openPage(path, { stream: `${door.url}sse/environments/${ENVIRONMENT}/stream` });
    await shows(page, '1');
    await first.publish(ENVIRONMENT, 2);
    await shows(page, '1,2');
    const second = await instances.start();
    door.leadTo(second.port);
    await first.stop();
    await shows(page, '1,2,2');
    await second.publish(ENVIRONMENT, 3);
    await shows(page, '1,2,2,3');
  }
});
