import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { ConnectionBudget } from '../../../../adapters/http/connection-budget.ts';
import type { HttpExchange } from '../../../../adapters/http/exchange.ts';
import type { Routes } from '../../../../adapters/http/routes.ts';
import { UwsServer } from '../../../../adapters/http/uws/server.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePort } from '../../../support/servers/free-port.ts';
import { RawClient } from '../../../support/clients/raw-client.ts';
import { RecordedLogger } from '../../../support/memory/recorded-logger.ts';
import { startService } from '../../../support/servers/running-service.ts';
import { TRANSPORTS } from '../../../support/servers/transports.ts';

const CLIENTS = 2000;

/** Connects them all, and says how many were connected when all were, or after a minute. */
const CONNECT = `
  const { connect } = require('node:net');
  let connected = 0;
  const report = () => { console.log(connected); process.exit(); };
  for (let n = 0; n < ${CLIENTS}; n++)
    connect(Number(process.argv[1]), '127.0.0.1', () => ++connected === ${CLIENTS} && report()).on('error', report);
  setTimeout(report, 60_000);
`;

describe('UwsServer', () => {
  it('gives the port of each address, in order, even if two are the same', async () => {
    const [first, other] = [await freePort(), await freePort()];
    const addresses = [`127.0.0.1:${first}`, `127.0.0.2:${first}`, `127.0.0.1:${other}`];
    const service = await startService({ LISTEN_ADDR: addresses.join() });
    try {
      expect(service.ports).to.deep.equal([first, first, other]);
    } finally {
      await service.stop();
    }
  });

  it('writes a body as UTF-8, also where each of its characters fits into one byte', async () => {
    const body = '{"name":"Zürich"}';
    const routes = { handle: (exchange: HttpExchange) => exchange.answer({ status: 200, headers: [], body }) };
    const server = new UwsServer(
      { addresses: [{ host: '127.0.0.1', port: 0 }], connections: new ConnectionBudget(10), sharePort: false },
      routes as unknown as Routes,
      new RecordedLogger(),
    );
    await server.listen();
    try {
      const answer = await fetch(`http://127.0.0.1:${server.ports[0]}/`, { headers: { Connection: 'close' } });
      expect(await answer.text()).to.equal(body);
    } finally {
      server.stopListening();
      await server.close();
    }
  });

  it('lets one of two that start together have the port, however close they are', async () => {
    for (const host of ['127.0.0.1', ''])
      for (let apart = 0; apart < 12; apart++) {
        const addresses = [{ host, port: await freePort() }];
        const [first, second] = [0, 1].map(
          () =>
            new UwsServer(
              { addresses, connections: new ConnectionBudget(1), sharePort: false },
              // Nobody asks for anything here.
              undefined as unknown as Routes,
              new RecordedLogger(),
            ),
        ) as [UwsServer, UwsServer];
        const listening = [first.listen()];
        for (let tick = 0; tick < apart; tick++) await new Promise((resolve) => process.nextTick(resolve));
        listening.push(second.listen());
        const refused = (await Promise.allSettled(listening)).filter(({ status }) => status === 'rejected');
        expect(refused, `${apart} apart on "${host}"`).to.have.length(1);
        for (const server of [first, second]) {
          server.stopListening();
          await server.close();
        }
      }
  });

  for (const { name, environment } of TRANSPORTS)
    it(`writes an IPv6 address as configured when another process has it, on ${name}`, async () => {
      const service = await startService({ ...environment, LISTEN_ADDR: '[::1]:0' });
      const refused = await startService({ ...environment, LISTEN_ADDR: `[::1]:${service.port}` }).catch(String);
      expect(refused).to.equal(`Error: cannot listen on [::1]:${service.port}: EADDRINUSE`);
      await service.stop();
    });

  it('accepts the headers of a browser with many cookies, in any process', async () => {
    const service = await startService({});
    const client = await RawClient.connect(service.port);
    try {
      await client.sent(Buffer.from(`GET /livez HTTP/1.1\r\nHost: h\r\nCookie: ${'c'.repeat(12_000)}`));
      // A round trip: the first part was read by itself, and only then does the addon's limit count.
      await fetch(service.url('/livez'));
      client.send('\r\n\r\n');
      await eventually('an answer', () => client.text.includes('\r\n\r\n'));
      expect(client.text).to.match(/^HTTP\/1.1 200 OK/);
    } finally {
      client.destroy();
      await service.stop();
    }
  });

  it('lets the kernel queue thousands of clients that connect at once while it is busy, instead of dropping them', async () => {
    const service = await startService({});
    try {
      // This process, and so the service in it, stands still until the program has ended.
      const connected = execFileSync(process.execPath, ['-e', CONNECT, String(service.port)], { encoding: 'utf8' });
      expect(Number(connected)).to.equal(CLIENTS);
    } finally {
      await service.stop();
    }
  });
});
