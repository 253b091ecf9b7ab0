import axe from 'axe-core';
import { expect } from 'chai';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/servers/chromium.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

/** Where the pictures of the documents are written, when somebody asks for new ones. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

function secondsAgo(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString().replace('Z', '000+00:00');
}

describe('The console, in a real browser', function () {
  this.timeout(300_000);

  let browser: Browser;
  let service: RunningService;
  let page: Page;
  /** What the page must not do: break its policy, throw, or ask another host. */
  let complaints: string[];
  before(async () => void (browser = await launchChromium()));
  after(() => browser?.close());

  beforeEach(async () => {
    service = await startService({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
    page = await browser.newPage({ bypassCSP: false, viewport: { width: 1200, height: 1000 } });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A refused sign-in is a message of the browser's own.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(origin())) complaints.push(`asked ${request.url()}`);
      if (request.url().includes(TOKEN)) complaints.push('the token is in an address');
    });
  });
  afterEach(async () => {
    await page.close();
    await service.stop();
  });

  const origin = (): string => `http://127.0.0.1:${service.ports[1]}`;

  async function signIn(token = TOKEN): Promise<void> {
    await page.goto(`${origin()}/console`);
    await page.getByLabel(/^Token/).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function problemsOfAccess(): Promise<string[]> {
    // The browser's own tools run it, past the page's policy.
    const found = await page.evaluate(
      `(async () => { ${axe.source}; const { violations } = await axe.run(); return violations.map(({ id, nodes }) => id + ' ' + nodes[0].html); })()`,
    );
    return found as string[];
  }

  it('shows nothing without the token, and says why', async () => {
    await signIn('wrong');
    await page.getByRole('alert').getByText('Not signed in: ').waitFor();
    expect(await page.locator('#console').isVisible()).to.equal(false);
    expect(await problemsOfAccess()).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('shows an update arriving, from a click to a stream, and keeps the token to itself', async () => {
    await signIn();
    await page.getByText('Ready', { exact: true }).waitFor();
    await page.getByLabel('Environment key').fill('abcxyz');
    await page.getByRole('button', { name: 'Open a stream' }).click();
    await page.locator('#stream').getByText(': connected').waitFor();
    await page.getByRole('button', { name: 'Send a change' }).click();
    await page.locator('#try-result').getByText('The change was sent').waitFor();
    await page.locator('#stream').getByText('environment_updated').waitFor();
    await page.locator('#changed').getByText('1 of 1').waitFor();
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.locator('#try-result').getByText('Every client here has received the latest change.').waitFor();
    const kept = await page.evaluate(
      'document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href',
    );
    expect(kept).not.to.include(TOKEN);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.locator('#console').isVisible()).to.equal(false);
    expect(complaints).to.deep.equal([]);
  });

  it('is live: streams, changes, refusals and the figures of the metrics', async () => {
    const clients = [];
    for (let count = 0; count < 12; count++)
      clients.push(await StreamClient.open(service.port, count < 9 ? 'production-key' : 'staging-key'));
    await signIn();
    await page.locator('#figures').getByText('12 of ').waitFor();
    const internal = (path: string, init: RequestInit): Promise<Response> => fetch(`${origin()}${path}`, init);
    const publish = (key: string, updatedAt: string, token = TOKEN): Promise<Response> =>
      internal(`/sse/environments/${key}/queue-change`, {
        method: 'POST',
        headers: { Authorization: `Token ${token}` },
        body: JSON.stringify({ updated_at: updatedAt }),
      });
    await publish('production-key', secondsAgo(1.2));
    await publish('staging-key', secondsAgo(0.8), 'wrong');
    await publish('staging-key', secondsAgo(0.8));
    await page.locator('#changed').getByText('9 of 9').waitFor();
    await page.locator('#changed').getByText('3 of 3').waitFor();
    await page.locator('#lines').getByText('token_rejected').waitFor();
    await page.locator('#busiest').getByText('9', { exact: true }).waitFor();
    // A key is shown when it is clicked.
    expect(await page.locator('#busiest').textContent()).not.to.include('production-key');
    await page.locator('#busiest').getByRole('button', { name: 'produc…' }).click();
    await page.locator('#busiest').getByText('production-key').waitFor();
    expect(await page.getByLabel('Environment key').inputValue()).to.equal('production-key');
    // Two readings of the metrics, five seconds apart.
    await page.locator('#figures').getByText('stored 2, unauthorized 1').waitFor();
    await page.locator('#plots').getByText('Streams: 12').waitFor();
    await publish('production-key', secondsAgo(1.1));
    await page
      .locator('#plots')
      .getByText(/99th percentile: \d/)
      .waitFor();
    expect(await problemsOfAccess()).to.deep.equal([]);
    for (const client of clients) client.close();
    expect(complaints).to.deep.equal([]);
    if (SCREENSHOTS !== undefined) await takeScreenshots(SCREENSHOTS);
  });

  it('can be used on a phone, in the dark, and by keyboard alone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${origin()}/console`);
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('Ready', { exact: true }).waitFor();
    await page.keyboard.type('abcxyz');
    await page.keyboard.press('Enter');
    await page.locator('#try-result').getByText('No change of this environment was received.').waitFor();
    const widths = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths[0]).to.be.at.most(widths[1] ?? 0);
    expect(await problemsOfAccess()).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('says that the service is away, and goes on when it is back', async () => {
    await signIn();
    await page.getByText(/^Live/).waitFor();
    const [port, internal] = service.ports;
    await service.stop();
    await page.getByText(/Connecting again\.$/).waitFor();
    service = await startService({
      LISTEN_ADDR: `127.0.0.1:${port}`,
      INTERNAL_LISTEN_ADDR: `127.0.0.1:${internal}`,
    });
    await page.getByText(/^Live/).waitFor();
  });

  async function takeScreenshots(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(folder, 'console.png'), fullPage: true });
  }
});
