import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { ABI_WITH_SPLIT_REQUEST_FAULT } from '../../adapters/http/uws/addon.ts';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

/** Long enough that a few hundred events fill the kernel's buffers, which hold some megabytes on loopback. */
const LONG_NAME = 'e'.repeat(60_000);
/** By default the addon gives up on a peer after ten seconds; Node has no such limit. */
const SLOW_MS = { uws: 30_000, node: 5000 };
const BURST = 400;
/** So many events in a row meet a stream that is congested. */
const FULL = 50;

/** What takes long by its nature: all of it goes on at the same time, and each test waits for its own. */
for (const { name, environment, isUws } of TRANSPORTS)
  describe(`patience on ${name}`, () => {
    let service: RunningService;
    let silent: Promise<string[]>;
    let slow: Promise<void>;
    const telemetry = new MemoryTelemetry();

    before(async () => {
      service = await startService(
        { ...environment, SSE_EVENT_NAME: LONG_NAME, KEEP_ALIVE_SECONDS: '1', CONGESTED_SECONDS: '300' },
        (container) => {
          container.rebind(TOKENS.telemetry).toConstantValue(telemetry);
        },
      );
      silent = Promise.all(['', 'GET /livez HTTP/1.1\r\nHost: a\r\n', 'GET /livez HTTP/1.1\r\n\r\n'].map(closedAfter));
      slow = slowReader();
      // Whichever fails, its own test says so.
      for (const going of [silent, slow]) going.catch(() => undefined);
    });
    after(() => service?.stop());

    async function closedAfter(text: string): Promise<string> {
      const client = await RawClient.connect(service.port);
      client.send(text);
      await client.closed(60_000);
      return client.text;
    }

    async function slowReader(): Promise<void> {
      const lazy = await RawClient.connect(service.port);
      lazy.send('GET /sse/environments/env/stream HTTP/1.1\r\nHost: a\r\n\r\n');
      await lazy.received(': connected');
      lazy.stopReading();
      const congested = (): boolean =>
        [...service.container.get(TOKENS.hub).sessions()].some(({ state }) => state === 'congested');

      let value = 0;
      // A busy kernel takes more a moment after it took no more: the last of these finds it full.
      for (let held = 0; held < FULL; value++) {
        expect(value, 'writes before the kernel reports congestion').to.be.lessThan(BURST);
        await service.publish('env', value);
        held = congested() ? held + 1 : 0;
      }
      const writtenBefore = value;
      const untilMs = performance.now() + SLOW_MS[isUws ? 'uws' : 'node'];
      while (performance.now() < untilMs) {
        const awake = await StreamClient.open(service.port, 'env');
        await service.publish('env', ++value);
        await awake.hears(String(value));
        awake.close();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(congested(), 'the stream to be held for all that time').to.equal(true);

      lazy.readOn();
      await lazy.received(`"updated_at":${value}}`, 30_000);
      expect(congested()).to.equal(false);
      const heard = [...lazy.text.matchAll(/"updated_at":(\d+)/g)].map((match) => Number(match[1]));
      expect(heard.at(-1)).to.equal(value);
      expect(heard.length, 'what it missed came as one').to.be.at.most(writtenBefore + 1);
      await service.publish('env', value + 1);
      await lazy.received(`"updated_at":${value + 1}}`);
      lazy.destroy();
    }

    it('keeps a subscriber that stops reading for a long time, and sends it the register when it reads again', () =>
      slow);

    if (isUws)
      it('X-4: closes silently on a client that says nothing, or half a request; on one that names no host by its build', async () => {
        const [nothing, half, hostless] = await silent;
        expect([nothing, half]).to.deep.equal(['', '']);
        // Only the build for Node 20 waits for the name of a host.
        if (process.versions.modules === ABI_WITH_SPLIT_REQUEST_FAULT) expect(hostless).to.equal('');
        else expect(hostless).to.match(/^HTTP\/1\.1 400 /);
      });
  });
