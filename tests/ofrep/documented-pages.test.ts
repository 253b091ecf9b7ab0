import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { codeBlocks } from '../support/documents/code-blocks.ts';
import { readDocument } from '../support/documents/repository.ts';
import { eventually } from '../support/eventually.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { ChangingApi, ENVIRONMENT } from '../support/servers/changing-api.ts';
import { launchChromium } from '../support/servers/chromium.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { WebSite } from '../support/servers/web-site.ts';
import { fromJsx, REACT_IMPORTS, reactModules } from './react-modules.ts';

const GUIDE = 'docs/ofrep.md';

/** The file that the guide gives, with the key of the environment in the place of the one that a reader has. */
function documented(path: string): string {
  const blocks = [...codeBlocks(readDocument(GUIDE)).values()].flat();
  const text = blocks.find((block) => block.path === path)?.text ?? '';
  expect(text.split('YOUR_CLIENT_SIDE_KEY'), `the keys in ${path} of ${GUIDE}`).to.have.length(2);
  return text.replace('YOUR_CLIENT_SIDE_KEY', ENVIRONMENT);
}

/** The import map of the plain page, and what the React page needs besides. */
function reactPage(): string {
  const map = /<script type="importmap">(.*?)<\/script>/s.exec(documented('index.html'))?.[1] ?? '{}';
  const { imports } = JSON.parse(map) as { imports: Record<string, string> };
  const reactSdk = { '@openfeature/react-sdk': '/node_modules/@openfeature/react-sdk/dist/esm/index.js' };
  const all = JSON.stringify({ imports: { ...imports, ...reactSdk, ...REACT_IMPORTS } });
  return (
    `<!doctype html><script type="importmap">${all}</script><div id="root"></div>` +
    '<script type="module" src="/main.js"></script>'
  );
}

describe(`The pages of ${GUIDE}, behind its nginx`, () => {
  let files: CertificateFiles;
  let browser: Browser;
  let api: ChangingApi;
  let service: RunningService;
  let site: WebSite;
  let proxy: Proxy;

  before(async () => {
    [files, browser, api] = [await CertificateFiles.make(), await launchChromium(), await ChangingApi.start()];
    service = await startService({ FLAGSMITH_API_URL: api.url });
    site = await WebSite.open({
      '/plain': documented('index.html'),
      '/react': reactPage(),
      '/main.js': fromJsx(documented('main.jsx')),
      ...reactModules(),
    });
    const sitePort = new URL(site.url('/')).port;
    proxy = await Proxy.nginx(files, service.port, [[':3000', `:${sitePort}`]], GUIDE);
  });
  after(async () => {
    await browser?.close();
    await proxy?.stop();
    await service?.stop();
    await site?.close();
    await api?.close();
    await files?.remove();
  });

  async function greets(page: Page, text: string): Promise<void> {
    let shown: string | null = null;
    await eventually(
      () => `the page to show "${text}", not "${shown}"`,
      async () =>
        (shown = await page.evaluate<string | null>(`document.querySelector('#greeting')?.textContent`)) === text,
    );
  }

  async function greet(greeting: string): Promise<void> {
    api.greeting = greeting;
    expect((await service.publish(ENVIRONMENT, api.change())).status).to.equal(200);
  }

  for (const path of ['/plain', '/react'])
    it(`show a change in each of seven tabs: ${path}`, async () => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      await greet('Hello');
      const tabs: Page[] = [];
      while (tabs.length < 7) {
        const tab = await context.newPage();
        await tab.goto(`${proxy.url}${path}`);
        await greets(tab, 'Hello, gold');
        tabs.push(tab);
      }
      await eventually('their streams', () => service.subscribers === tabs.length);
      await greet('Good evening');
      for (const tab of tabs) await greets(tab, 'Good evening, gold');
      await context.close();
      await eventually('their streams to end', () => service.subscribers === 0);
    });
});
