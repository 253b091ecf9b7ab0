import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { WEBHOOK_SECRET } from '../support/clients/captured-webhooks.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { ALL_TRANSPORTS, TLS_TRANSPORTS } from '../support/servers/transports.ts';

const BODY = '{"updated_at":123}';
const LINE = 'POST /sse/environments/abc/queue-change HTTP/1.1\r\n';
const WEBHOOK = 'POST /webhooks/flagsmith HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{';
/** As many as may be read at a time. */
const WEBHOOKS = 64;
/** What begins a handshake that is never finished: the head of a record, and of a hello in it. */
const HANDSHAKES = ['', '\x16', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'];
const HEADERS = `Host: h\r\nAuthorization: Token ${TOKEN}\r\nContent-Length: ${BODY.length}\r\n\r\n`;

for (const { name, environment } of ALL_TRANSPORTS)
  describe(`slow clients on ${name}`, () => {
    let service: RunningService;
    before(async () => void (service = await startService(environment)));
    after(() => service?.stop());

    it('are served at their own pace, byte by byte, and others at theirs', async () => {
      const slow = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(service.port)));
      for (const client of slow) await client.sent(LINE);
      for (const byte of HEADERS + BODY) {
        for (const client of slow) await client.sent(byte);
        expect((await fetch(service.url('/livez'))).status).to.equal(200);
      }
      for (const client of slow) {
        await client.received('HTTP/1.1 200');
        client.destroy();
      }
    });
  });

describe('slow clients on every transport', () => {
  it('that never finish are closed, in a handshake, before or in the middle of a body, and change nothing', async () => {
    // Together, because each waits for the same ten seconds.
    await Promise.all([
      ...ALL_TRANSPORTS.map(({ environment }) => neverFinish(environment)),
      ...TLS_TRANSPORTS.map(({ environment }) => neverShakeHands(environment)),
    ]);
  });
});

async function neverFinish(environment: Record<string, string>): Promise<void> {
  const service = await startService({ ...environment, WEBHOOK_SECRET });
  const webhook = (): Promise<Response> =>
    fetch(service.url('/webhooks/flagsmith'), { method: 'POST', body: '{"event_type":"x"}' });
  const changes = [LINE, `${LINE}Host: h\r\nX-Half`, LINE + HEADERS, LINE + HEADERS + BODY.slice(0, 5)];
  const stages = [...changes, ...Array<string>(WEBHOOKS).fill(WEBHOOK)];
  const stalled = await Promise.all(stages.map(() => RawClient.connect(service.port)));
  for (const [position, client] of stalled.entries()) await client.sent(stages[position] ?? '');
  await eventually('all webhooks to be read', async () => (await webhook()).status === 503);
  for (const client of stalled) await client.closed(60_000);
  expect((await webhook()).status).to.equal(401);
  const answered = stalled.map(({ text }) => text.split('\r\n', 1)[0] ?? '');
  expect(answered.filter((line) => line !== '' && !line.startsWith('HTTP/1.1 4'))).to.deep.equal([]);
  expect(service.container.get(TOKENS.hub).channels.size).to.equal(0);
  await service.stop();
}

async function neverShakeHands(environment: Record<string, string>): Promise<void> {
  const service = await startService({ ...environment, HTTP2_LISTEN_ADDR: '127.0.0.1:0' });
  const clients: RawClient[] = [];
  for (const port of service.ports.slice(1)) {
    for (const bytes of HANDSHAKES) {
      const client = await RawClient.connect(port);
      if (bytes !== '') await client.sent(Buffer.from(bytes, 'latin1'));
      clients.push(client);
    }
    // This one finishes it, and asks for nothing.
    clients.push(await RawClient.connect(port, '127.0.0.1', { tls: {} }));
  }
  for (const client of clients) await client.closed(60_000);
  await service.stop();
}
