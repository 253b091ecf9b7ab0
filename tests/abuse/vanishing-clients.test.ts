import { expect } from 'chai';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { changeRequest, type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { ALL_TRANSPORTS } from '../support/servers/transports.ts';

const CHANGE = changeRequest('abc', 123);
const BODY_AT = CHANGE.indexOf('\r\n\r\n') + 4;
const STREAM = 'GET /sse/environments/abc/stream HTTP/1.1\r\nHost: h\r\n\r\n';

/** How far a client gets before it goes. */
const STAGES: Readonly<Record<string, string>> = {
  'says nothing': '',
  'is in the middle of the request line': 'GET /livez HT',
  'is in the middle of the headers': 'GET /livez HTTP/1.1\r\nHost: h\r\nX-Half',
  'has announced a body': CHANGE.slice(0, BODY_AT),
  'is in the middle of a body': CHANGE.slice(0, BODY_AT + 7),
  'waits for the answer to a change': CHANGE,
  'has just asked for a stream': STREAM,
  'asks for the next thing already': `${STREAM}GET /livez HTTP/1.1\r\nHost: h\r\n\r\n`,
};

for (const { name, environment } of ALL_TRANSPORTS)
  describe(`clients that vanish on ${name}`, () => {
    let service: RunningService;
    before(async () => void (service = await startService({ ...environment, APPEND_DEADLINE_MS: '300' })));
    after(() => service?.stop());

    for (const way of ['reset', 'destroy', 'end'] as const)
      for (const [stage, bytes] of Object.entries(STAGES))
        it(`leave nothing behind: one that ${stage} goes by ${way}`, async () => {
          const log = service.container.get(TOKENS.log) as MemoryLog;
          const hub = service.container.get(TOKENS.hub);
          if (stage.includes('answer')) log.interrupt();
          for (let clients = 0; clients < 20; clients++) {
            const client = await RawClient.connect(service.port);
            if (bytes !== '') await client.sent(bytes);
            client[way]();
          }
          log.restore();
          await eventually('every stream to be let go', () => hub.subscribers === 0);
          await eventually('every change to be settled', () => service.container.get(TOKENS.changes).inFlight === 0);
          expect((await fetch(service.url('/livez'))).status).to.equal(200);
        });

    it('in the middle of a pass delay no other client', async () => {
      const clients = await Promise.all(Array.from({ length: 200 }, () => StreamClient.open(service.port, 'pass')));
      const posted = service.publish('pass', 7);
      clients.forEach((client, position) => {
        if (position % 2 === 0) client.raw.reset();
      });
      expect((await posted).status).to.equal(200);
      for (const [position, client] of clients.entries()) if (position % 2 === 1) await client.hears('7');
      const hub = service.container.get(TOKENS.hub);
      await eventually('the others to be gone', () => hub.subscribers === 100);
      for (const client of clients) client.close();
    });
  });
