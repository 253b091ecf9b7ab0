import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';

const CHANGE = 'POST /sse/environments/env/queue-change HTTP/1.1\r\nHost: a\r\n';

describe('what the parser of node:http refuses', () => {
  let service: RunningService;
  beforeEach(async () => void (service = await startService({ HTTP1_TRANSPORT: 'node' })));
  afterEach(() => service?.stop());

  async function talk(...parts: string[]): Promise<RawClient> {
    const client = await RawClient.connect(service.port);
    for (const part of parts) await client.sent(part);
    return client;
  }

  for (const [name, request, status] of [
    ['HTTP/1.0', 'GET /livez HTTP/1.0\r\nHost: a\r\n\r\n', 505],
    ['what is no request', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', 400],
    ['a length beside a transfer encoding', `${CHANGE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ['a request without Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['a method that it does not know', 'FETCH /livez HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a header block that is too large', `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
  ] as const)
    it(`X-4: answers ${name} with ${status}, and closes`, async () => {
      const client = await talk(request);
      await client.closed();
      expect(client.text).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(client.text.split('HTTP/1.1 ')).to.have.length(2);
    });

  it('X-4: closes silently on a client that says nothing, and answers half a request with 408', async () => {
    const silent = await talk();
    const stalled = [
      await talk('GET /livez HTTP/1.1\r\nHost: a\r\n'),
      await talk(`${CHANGE}Content-Length: 5\r\n\r\n{`),
    ];
    for (const client of [silent, ...stalled]) await client.closed(30_000);
    expect(silent.text).to.equal('');
    expect(stalled[0]?.text).to.match(/^HTTP\/1\.1 408 /);
  });

  it('X-4: reads a request that arrives byte by byte', async () => {
    const request = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
    for (let split = 1; split < request.length; split++) {
      const client = await talk(request.slice(0, split));
      // A round trip through the service shows that it has read the first part by now.
      await fetch(service.url('/livez'));
      client.send(request.slice(split));
      await eventually(`an answer when split at ${split}`, () => client.text.includes('{"status":"ok"}'));
      client.destroy();
    }
  });
});
