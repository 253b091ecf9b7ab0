import axe from 'axe-core';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { launchChromium } from '../support/servers/chromium.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

/** No server listens there: workers start and hold streams without a log. */
const NO_NATS = 'nats://127.0.0.1:1';

function secondsAgo(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString().replace('Z', '000+00:00');
}

describe('The console, in a real browser', function () {
  this.timeout(300_000);

  let browser: Browser;
  let service: RunningService;
  let page: Page;
  /** What the page must not do: break its policy, throw, or contact another host. */
  let complaints: string[];
  before(async () => void (browser = await launchChromium()));
  after(() => browser?.close());

  beforeEach(async () => {
    service = await startService({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
    page = await browser.newPage({ bypassCSP: false, viewport: { width: 1200, height: 1000 } });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A refused sign-in causes a message of the browser itself.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(origin())) complaints.push(`asked ${request.url()}`);
      if (request.url().includes(TOKEN)) complaints.push('the token is in an address');
    });
  });
  afterEach(async () => {
    await page.close();
    await service?.stop();
  });

  const origin = (): string => `http://127.0.0.1:${service.ports[1]}`;

  function publish(key: string, updatedAt: string, token = TOKEN): Promise<Response> {
    return fetch(`${origin()}/sse/environments/${key}/queue-change`, {
      method: 'POST',
      headers: { Authorization: `Token ${token}` },
      body: JSON.stringify({ updated_at: updatedAt }),
    });
  }

  async function signIn(token = TOKEN, from = origin()): Promise<void> {
    await page.goto(`${from}/console`);
    await page.getByLabel(/^Token/).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function problemsOfAccess(): Promise<string[]> {
    // The browser's tools run it, which the page's policy does not restrict.
    const found = await page.evaluate(
      `(async () => { ${axe.source}; const { violations } = await axe.run(); return violations.map(({ id, nodes }) => id + ' ' + nodes[0].html); })()`,
    );
    return found as string[];
  }

  it('shows nothing without the token, and states the reason', async () => {
    await signIn('wrong');
    await page.getByRole('alert').getByText('Not signed in: ').waitFor();
    expect(await page.locator('#console').isVisible()).to.equal(false);
    expect(await problemsOfAccess()).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('shows an update arriving, from a click to a stream, and exposes the token nowhere', async () => {
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
    await page.locator('#totals').getByText('stored 2, unauthorized 1').waitFor();
    await page.locator('#plots').getByText('Streams: 12').waitFor();
    await publish('production-key', secondsAgo(1.1));
    await page
      .locator('#plots')
      .getByText(/99th percentile: \d/)
      .waitFor();
    expect(await problemsOfAccess()).to.deep.equal([]);
    for (const client of clients) client.close();
    expect(complaints).to.deep.equal([]);
  });

  it('shows what happened before the page was opened', async () => {
    const clients = [];
    for (let count = 0; count < 7; count++) clients.push(await StreamClient.open(service.port, 'abc'));
    await publish('abc', secondsAgo(1.2));
    const samples = async (): Promise<{ streams: number }[]> => {
      const answer = await fetch(`${origin()}/console/history`, { headers: { Authorization: `Token ${TOKEN}` } });
      return ((await answer.json()) as { samples: { streams: number }[] }).samples;
    };
    await eventually('a sample with the streams', async () => (await samples()).at(-1)?.streams === 7);
    for (const client of clients) client.close();
    await eventually('a sample without them', async () => (await samples()).at(-1)?.streams === 0);
    await signIn();
    await page.getByLabel(/^Streams: 0, at most 7 in /).waitFor();
    // Delivered before, and never since.
    await page.getByLabel(/^Delivery, 99th percentile: .*, at most (?!0\.0 ms)[\d.]+ ms in /).waitFor();
    await page.getByLabel(/^From updated_at to the client, median: .*, at most 1,\d{3} ms in /).waitFor();
    expect(complaints).to.deep.equal([]);
  });

  it('shows since when the log has been followed, and its last failure', async () => {
    await signIn();
    await page
      .locator('#log')
      .getByText(/^yes, since \d\d:\d\d:\d\d$/)
      .nth(1)
      .waitFor();
    await page.locator('#log').getByText('none since the start').waitFor();
    (service.container.get(TOKENS.log) as MemoryLog).interrupt();
    await page
      .locator('#log')
      .getByText(/^no, since \d\d:\d\d:\d\d$/)
      .nth(1)
      .waitFor();
    await page
      .locator('#log')
      .getByText(/log_epoch_lost: disconnected$/)
      .waitFor();
    await page.getByText('Not ready: the log is unreachable').waitFor();
  });

  it('shows memory, files and the event loop against their limits', async () => {
    await signIn();
    const totals = page.locator('#totals');
    await totals.getByText(/^\d+ MB of [\d,]+ MB \(\d+ %\)$/).waitFor();
    await totals.getByText(/^[\d,]+ of [\d,]+ \(\d+ %\)$/).waitFor();
    await totals.getByText(/^[\d.]+ ms; too much above 250 ms$/).waitFor();
    expect(await page.locator('#workers-section').isVisible()).to.equal(false);
  });

  it('has a row for each worker if there are several, and shows which one it is connected to', async () => {
    const pool = await ServiceProcess.start({
      UPDATE_LOG: 'nats',
      NATS_URL: NO_NATS,
      WORKERS: '2',
      INTERNAL_LISTEN_ADDR: '127.0.0.1:0',
    });
    try {
      await pool.logged('workers_started');
      await signIn(TOKEN, `http://127.0.0.1:${pool.ports[1]}`);
      await page.locator('#workers tr').nth(1).waitFor();
      const cells = await page.locator('#workers tr').first().locator('td').allTextContents();
      expect(cells.slice(0, 6)).to.deep.equal(['1', 'yes', '0', '0', 'no', 'no']);
      expect(cells[6]).to.match(/^\d+ MB$/);
      expect(cells[7]).to.match(/^[\d.]+ ms$/);
      await page.getByRole('heading', { name: /^Streams and changes, worker [12]$/ }).waitFor();
      await page.getByRole('heading', { name: 'Last fifteen minutes, all workers' }).waitFor();
      expect(await problemsOfAccess()).to.deep.equal([]);
    } finally {
      await pool.kill();
    }
  });

  it('keeps the focus on a key while the figures change', async () => {
    await publish('production-key', secondsAgo(1.2));
    await signIn();
    const key = page.locator('#changed').getByRole('button', { name: 'produc…' });
    await key.focus();
    const shownAt = await page.locator('#live-at').textContent();
    await publish('staging-key', secondsAgo(1.2));
    // It has moved to the second row.
    await page.locator('#changed tr:nth-child(2)').getByRole('button', { name: 'produc…' }).waitFor();
    await eventually('another second', async () => (await page.locator('#live-at').textContent()) !== shownAt);
    await page.keyboard.press('Enter');
    await page.locator('#changed').getByText('production-key').waitFor();
  });

  it('shortens the keys of environments in the log lines too, until they are clicked', async () => {
    service.container.get(TOKENS.logger).warn('update_repaired', { environment: 'production-key' });
    await signIn();
    await page.locator('#lines').getByRole('button', { name: 'produc…' }).waitFor();
    expect(await page.locator('body').textContent()).not.to.include('production-key');
    await page.locator('#lines').getByRole('button', { name: 'produc…' }).click();
    await page.locator('#lines').getByText('production-key').waitFor();
  });

  it('can be used on a phone, in the dark, and by keyboard alone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${origin()}/console`);
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('Ready', { exact: true }).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.type('abcxyz');
    await page.keyboard.press('Enter');
    await page.locator('#try-result').getByText('No change of this environment was received.').waitFor();
    const widths = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths[0]).to.be.at.most(widths[1] ?? 0);
    expect(await problemsOfAccess()).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('shows that the service is unreachable, and continues when it is reachable again', async () => {
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
});
