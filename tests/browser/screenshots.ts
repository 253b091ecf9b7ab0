import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { launchChromium } from '../support/servers/chromium.ts';
import { pathOf } from '../support/documents/repository.ts';
import { TOKEN } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

// `npm run screenshots`: takes the pictures of the documents, after some minutes of realistic traffic.
const TRAFFIC_MS = 180_000;
/** The page shows two readings of the metrics, five seconds apart, while the traffic continues. */
const OPEN_MS = 20_000;
const KEYS = ['kV3nqXw8PfRt2', 'Zm7dYc5LsBhG9', 'q9TjWu4NaEkD6', 'Hx2bRv6MpCfS8', 'e8LgKz3QyUoJ5', 'B4wTnA7iXrVd1'];

const service = await ServiceProcess.start({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
const internal = `http://127.0.0.1:${service.ports[1]}`;
const clients: StreamClient[] = [];
const untilMs = Date.now() + TRAFFIC_MS + OPEN_MS;

async function publish(key: string, token = TOKEN): Promise<void> {
  const updatedAt = new Date(Date.now() - 800 - Math.random() * 900).toISOString().replace('Z', '000+00:00');
  await fetch(`${internal}/sse/environments/${key}/queue-change`, {
    method: 'POST',
    headers: { Authorization: `Token ${token}` },
    body: JSON.stringify({ updated_at: updatedAt }),
  });
}

/** Early keys have more clients than late ones. */
function someKey(): string {
  return KEYS[Math.floor(Math.random() ** 2 * KEYS.length)] ?? '';
}

async function comeAndGo(): Promise<void> {
  while (Date.now() < untilMs) {
    await setTimeout(Math.random() * 500);
    const isGrowing = clients.length < 150 && Math.random() < 0.7;
    if (isGrowing) clients.push(await StreamClient.open(service.port, someKey()));
    else clients.splice(Math.floor(Math.random() * clients.length), 1)[0]?.close();
  }
}

async function change(): Promise<void> {
  while (Date.now() < untilMs) {
    await setTimeout(Math.random() ** 2 * 4000);
    await publish(someKey(), Math.random() < 0.05 ? 'an-old-token' : TOKEN);
  }
}

const browser = await launchChromium();
try {
  const traffic = Promise.all([comeAndGo(), change()]);
  await setTimeout(TRAFFIC_MS);
  const page = await browser.newPage({ viewport: { width: 1200, height: 1180 } });
  await page.goto(`${internal}/console`);
  await page.getByLabel(/^Token/).fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await setTimeout(OPEN_MS / 2);
  await page.screenshot({ path: join(pathOf('docs/images'), 'console.png') });
  await traffic;
} finally {
  for (const client of clients) client.close();
  await browser.close();
  await service.kill();
}
