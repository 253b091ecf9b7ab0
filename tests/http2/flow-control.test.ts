import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { usedHeapBytes } from '../support/memory/used-heap.ts';
import { startService } from '../support/servers/running-service.ts';

const STREAMS = 50;
const UPDATES = 900;

describe('A client with a closed window', () => {
  it('is congested, costs no memory while updates go by, and catches up with the newest', async () => {
    const service = await startService({
      HTTP2_LISTEN_ADDR: '127.0.0.1:0',
      SSE_EVENT_NAME: 'x'.repeat(2000),
      // The heap is measured while the window is closed: no client may be given up in the meantime.
      CONGESTED_SECONDS: '600',
    });
    const url = `http://127.0.0.1:${service.ports[1]}`;
    const closed = await connectHttp2(url, { settings: { initialWindowSize: 0 } });
    const open = await connectHttp2(url);
    const clients: Http2Client[] = [];
    for (let opened = 0; opened < STREAMS; opened++) {
      const client = new Http2Client(closed, '/sse/environments/env/stream');
      await eventually('the head', () => client.status === 200);
      clients.push(client);
    }
    const reader = await Http2Client.open(open, 'env');

    async function publish(from: number, to: number): Promise<void> {
      for (let value = from; value <= to; value++) {
        await service.publish('env', value);
        await eventually(`${value} to be heard`, () => reader.heard.at(-1) === String(value));
        // Otherwise this client's own text is what grows.
        reader.received = reader.received.slice(-5000);
      }
    }

    const hub = service.container.get(TOKENS.hub);
    await publish(1, 100);
    const congested = (): number => [...hub.sessions()].filter(({ state }) => state === 'congested').length;
    expect(congested()).to.equal(STREAMS);
    const heap = [await usedHeapBytes()];
    for (const [from, to] of [
      [101, 500],
      [501, UPDATES],
    ] as const) {
      await publish(from, to);
      heap.push(await usedHeapBytes());
    }
    expect(congested()).to.equal(STREAMS);
    // What is queued grows each time, and what others of this process keep does so once. An entry of a queue for each of
    // 50 x 400 frames takes some 50 bytes at least.
    const [first = NaN, second = NaN, third = NaN] = heap;
    expect(Math.min(second - first, third - second)).to.be.lessThan(500_000);

    closed.settings({ initialWindowSize: 65_535 });
    for (const client of clients) {
      await client.hears(String(UPDATES));
      expect(client.heard).to.deep.equal(['1', '2', String(UPDATES)]);
    }
    await service.publish('env', UPDATES + 1);
    for (const client of clients) await client.hears(String(UPDATES + 1));
    await service.stop();
    for (const client of [...clients, reader]) await eventually('a proper end', () => client.ending === 'ended');
  });

  it('is reset after CONGESTED_SECONDS, and its neighbours on the connection are not', async () => {
    const service = await startService({
      HTTP2_LISTEN_ADDR: '127.0.0.1:0',
      SSE_EVENT_NAME: 'x'.repeat(2000),
      CONGESTED_SECONDS: '1',
    });
    const session = await connectHttp2(`http://127.0.0.1:${service.ports[1]}`);
    const stuck = await Http2Client.open(session, 'env');
    const well = await Http2Client.open(session, 'env');
    stuck.stopReading();
    let value = 0;
    const hub = service.container.get(TOKENS.hub);
    await eventually('the stream to be given up', async () => {
      await service.publish('env', ++value);
      return hub.subscribers === 1;
    });
    await service.publish('env', ++value);
    await well.hears(String(value));
    stuck.readOn();
    await eventually('the reset', () => stuck.ending === 'cut');
    session.destroy();
    await service.stop();
  });
});
