import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** An empty SETTINGS frame, which both sides begin with. */
const SETTINGS = '\0\0\0\x04\0\0\0\0\0';

describe('One port for HTTP/1.1 and h2c', () => {
  let service: RunningService;
  beforeEach(async () => void (service = await startService({ HTTP1_TRANSPORT: 'node' })));
  afterEach(() => service?.stop());

  it('accepts both, side by side', async () => {
    const session = await connectHttp2(service.url(''));
    const stream = await Http2Client.open(session, 'env');
    expect((await service.publish('env', 7)).status).to.equal(200);
    await stream.hears('7');
    session.close();
  });

  it('knows the protocol wherever the first bytes are split', async () => {
    for (let split = 1; split < 6; split++) {
      for (const [text, answer] of [
        [PREFACE + SETTINGS, '\x04'],
        ['PUT /livez HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 405 '],
        ['GET /livez HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 200 '],
      ] as const) {
        const client = await RawClient.connect(service.port);
        await client.sent(text.slice(0, split));
        // A round trip through the service shows that it has read the first part by now.
        await fetch(service.url('/livez'));
        client.send(Buffer.from(text.slice(split), 'latin1'));
        await eventually(`an answer to ${text.slice(0, 3)} split at ${split}`, () => client.text.includes(answer));
        client.destroy();
      }
    }
  });

  it('forgets a client that leaves after half a preface', async () => {
    const client = await RawClient.connect(service.port);
    await client.sent('PR');
    client.end();
    await client.closed();
    expect(client.text).to.equal('');
  });
});
