import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { messageOf } from '../../application/ports/message-of.ts';
import { freePort } from '../support/servers/free-port.ts';
import { startService } from '../support/servers/running-service.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

for (const { name, environment } of TRANSPORTS)
  describe(`a service on ${name}`, () => {
    it('releases the addresses that it has when it cannot bind another one', async () => {
      const taken = createServer();
      await once(taken.listen(0, '127.0.0.1'), 'listening');
      const { port } = taken.address() as { port: number };
      const free = await freePort();
      const addresses = { LISTEN_ADDR: `127.0.0.1:${free}`, INTERNAL_LISTEN_ADDR: `127.0.0.1:${port}` };
      try {
        const outcome = await startService({ ...environment, ...addresses }).then(() => 'started', messageOf);
        expect(outcome).to.include(`cannot listen on 127.0.0.1:${port}`);
        const later = createServer();
        await once(later.listen(free, '127.0.0.1'), 'listening');
        later.close();
      } finally {
        taken.close();
      }
    });
  });
