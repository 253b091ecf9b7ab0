import { expect } from 'chai';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Http2Connection } from '../../adapters/http/node/http2-connection.ts';
import { MAX_HEADER_BYTES } from '../../adapters/http/header-limit.ts';
import { MAX_CONCURRENT_STREAMS } from '../../adapters/http/node/limits.ts';
import { AttackedService } from '../support/servers/attacked-service.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import {
  CODE,
  FLAG,
  FRAME,
  frame,
  getBlock,
  getFrame,
  RawHttp2Client,
  resetFrame,
} from '../support/clients/raw-http2-client.ts';
import { TOKEN } from '../support/servers/running-service.ts';

const STREAM = '/sse/environments/env/stream';

describe('The limits of an HTTP/2 connection', () => {
  let service: AttackedService;
  let bystander: Http2Client;

  beforeEach(async () => {
    service = await AttackedService.start();
    bystander = await Http2Client.open(await connectHttp2(service.url('')), 'bystander');
  });

  afterEach(async () => {
    try {
      // Whatever one client did, another one receives its update.
      await service.serves();
      expect((await service.publish('bystander', 5)).status).to.equal(200);
      await bystander.hears('5');
    } finally {
      await service?.stop();
    }
  });

  /** Waits until the bystander's stream is the only one. */
  const forgotten = (): Promise<void> =>
    eventually('the streams to be forgotten', async () => (await service.subscribers()) === 1);

  it('announces how many streams it accepts, and serves that many', async () => {
    const session = await connectHttp2(service.url(''));
    expect(session.remoteSettings.maxConcurrentStreams).to.equal(MAX_CONCURRENT_STREAMS);
    expect(session.remoteSettings.maxHeaderListSize).to.equal(MAX_HEADER_BYTES);
    const clients = Array.from({ length: MAX_CONCURRENT_STREAMS }, () => new Http2Client(session, STREAM));
    for (const client of clients) await eventually('the first bytes', () => client.received !== '');
    await service.publish('env', 9);
    for (const client of clients) await client.hears('9');
    clients[0]?.stream.close();
    // In the same segment Node 24 would still count the one that is closed, and reset the next.
    await eventually('its place to be free', async () => (await service.subscribers()) === MAX_CONCURRENT_STREAMS);
    expect((await new Http2Client(session, '/livez').answered()).status).to.equal(200);
    session.destroy();
    await forgotten();
  });

  it('ends a connection that opens more streams than were announced', async () => {
    const client = await RawHttp2Client.connect(service.port);
    for (let id = 1; id <= 2 * MAX_CONCURRENT_STREAMS + 1; id += 2) client.raw.send(getFrame(id, STREAM));
    await client.raw.closed();
    expect(client.goaway).not.to.equal(CODE.none);
    await forgotten();
  });

  it('resets a request whose headers are too large, and serves the next', async () => {
    const client = await RawHttp2Client.connect(service.port);
    const header = (name: string): Buffer =>
      // A literal of 4,000 bytes: the length is a number in HPACK's own form.
      Buffer.concat([Buffer.from([0, 2]), Buffer.from(name), Buffer.from([0x7f, 0xa1, 30]), Buffer.alloc(4000, 'a')]);
    const block = Buffer.concat([getBlock('/livez'), ...['x1', 'x2', 'x3', 'x4', 'x5'].map(header)]);
    client.raw.send(frame(FRAME.headers, FLAG.endStream, 1, block.subarray(0, 16_000)));
    client.raw.send(frame(FRAME.continuation, FLAG.endHeaders, 1, block.subarray(16_000)));
    client.raw.send(getFrame(3, '/livez'));
    await client.raw.received('{"status":"ok"}');
    expect(client.resets).to.deep.equal([CODE.calm]);
    client.raw.destroy();
  });

  it('ends a connection whose headers never end', async () => {
    const client = await RawHttp2Client.connect(service.port);
    client.raw.send(frame(FRAME.headers, FLAG.endStream, 1, getBlock('/livez')));
    for (let sent = 0; sent < 100; sent++)
      client.raw.send(frame(FRAME.continuation, 0, 1, Buffer.from([0, 1, 0x61, 1, 0x61])));
    await client.raw.closed();
    expect(client.goaway).not.to.equal(CODE.none);
  });

  for (const [name, flood] of [
    ['pings', frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ['settings', frame(FRAME.settings, 0, 0)],
  ] as const)
    it(`ends a connection that floods it with ${name}`, async () => {
      const client = await RawHttp2Client.connect(service.port);
      const thousand = Buffer.concat(Array<Buffer>(1000).fill(flood));
      for (let sent = 0; sent < 1000 && client.raw.ending === 'open'; sent++) await client.raw.sent(thousand);
      await client.raw.closed();
      expect(client.goaway ?? -1).not.to.equal(CODE.none);
    });

  it('ends a connection that opens and resets streams in rapid succession', async () => {
    const before = await service.usedHeapBytes();
    const client = await RawHttp2Client.connect(service.port);
    for (let id = 1; id < 20_000 && client.goaway === undefined; id += 200) {
      const pairs: Buffer[] = [];
      for (let at = id; at < id + 200; at += 2) pairs.push(getFrame(at, STREAM), resetFrame(at, CODE.cancel));
      await client.raw.sent(Buffer.concat(pairs));
      // A round trip through the service shows that it has read them.
      await fetch(service.url('/livez'));
    }
    await eventually('the GOAWAY', () => client.goaway !== undefined);
    expect(client.goaway).not.to.equal(CODE.none);
    client.raw.destroy();
    await forgotten();
    expect((await service.usedHeapBytes()) - before).to.be.lessThan(3_000_000);
  });

  it('drops the body of a request that is answered before its end, and says so', async () => {
    const session = await connectHttp2(service.url(''));
    const path = '/sse/environments/env/queue-change';
    for (const [token, status] of [
      [TOKEN, 413],
      ['wrong', 401],
    ] as const) {
      const headers = { ':method': 'POST', authorization: `Token ${token}` };
      const client = new Http2Client(session, path, headers, 'x'.repeat(5_000_000));
      expect((await client.answered()).status).to.equal(status);
      expect(JSON.parse(client.received)).to.have.property('error');
    }
    expect((await new Http2Client(session, '/livez').answered()).status).to.equal(200);
    session.destroy();
  });

  it('resets a request whose body does not arrive', async () => {
    const session = await connectHttp2(service.url(''));
    const headers = { ':method': 'POST', authorization: `Token ${TOKEN}` };
    const client = new Http2Client(session, '/sse/environments/env/queue-change', headers, '');
    const stalled = session.request({ ':path': '/sse/environments/env/queue-change', ...headers });
    let reset = false;
    stalled.on('error', () => undefined).on('close', () => (reset = true));
    stalled.write('{"updated_at":');
    expect((await client.answered()).status).to.equal(400);
    await eventually('the reset', () => reset, 30_000);
    expect(stalled.rstCode).to.equal(CODE.cancel);
    session.destroy();
  });

  it('closes a connection without streams, and never one with a stream', async () => {
    const server = createServer();
    server.on('session', (session) => {
      const connection = new Http2Connection(session, 200);
      session.on('stream', (stream) => {
        connection.opened(stream);
        stream.respond({ ':status': 200 });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // Its stream comes with the connection, before the time can be over.
    const used = await RawHttp2Client.connect(port, [getFrame(1, '/')]);
    const idle = await RawHttp2Client.connect(port);
    await idle.raw.closed();
    expect([used.goaway, used.raw.ending]).to.deep.equal([undefined, 'open']);
    used.raw.send(resetFrame(1, CODE.cancel));
    await used.raw.closed();
    server.close();
  });
});
