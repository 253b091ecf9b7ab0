import { expect } from 'chai';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { launchChromium } from '../support/servers/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { FrontDoor } from '../support/servers/front-door.ts';
import { startService } from '../support/servers/running-service.ts';
import { WebSite } from '../support/servers/web-site.ts';

const STREAMS = 60;

/** Opens one stream, and more on request. The title shows how many received each update. */
const PAGE = `<script>
  const url = new URLSearchParams(location.search).get('stream');
  const heard = {};
  let opened = 0;
  function open() {
    const stream = new EventSource(url);
    stream.addEventListener('open', () => {
      opened++;
      show();
    });
    stream.addEventListener('environment_updated', ({ data }) => {
      const { updated_at } = JSON.parse(data);
      heard[updated_at] = (heard[updated_at] ?? 0) + 1;
      show();
    });
  }
  function show() {
    document.title = JSON.stringify({ opened, heard });
  }
  open();
</script>`;

describe('Chromium over HTTP/2', () => {
  it(`holds ${STREAMS} streams on one connection, and all receive an update`, async () => {
    const files = await CertificateFiles.make();
    const service = await startService(files.environment);
    const door = await FrontDoor.open();
    door.leadTo(service.ports[1]);
    const site = await WebSite.open({ '/streams': PAGE });
    const browser = await launchChromium();
    try {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      const stream = `https://127.0.0.1:${new URL(door.url).port}/sse/environments/env/stream`;
      await page.goto(site.url('/streams', { stream }));
      const title = async (): Promise<string> => page.title();
      await eventually('the first stream to open', async () => (await title()).includes('"opened":1,'), 60_000);
      // Chromium has by now met the certificate on one connection, and accepted it for another.
      const before = door.connections;
      await page.evaluate(`for (let more = 1; more < ${STREAMS}; more++) open()`);
      await eventually('every stream to open', async () => (await title()).includes(`"opened":${STREAMS},`), 60_000);
      expect((await service.publish('env', 123)).status).to.equal(200);
      await eventually('every stream to hear', async () => (await title()).includes(`"123":${STREAMS}`), 60_000);
      expect(door.connections).to.equal(before);
    } finally {
      await browser.close();
      await site.close();
      await door.close();
      await service.stop();
      await files.remove();
    }
  });
});
