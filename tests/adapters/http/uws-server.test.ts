import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { freePort } from '../../support/free-port.ts';
import { startService } from '../../support/running-service.ts';

const CLIENTS = 2000;

/** Connects them all, and says how many were connected when all were, or after 10 s. */
const CONNECT = `
  const { connect } = require('node:net');
  let connected = 0;
  const report = () => { console.log(connected); process.exit(); };
  for (let n = 0; n < ${CLIENTS}; n++)
    connect(Number(process.argv[1]), '127.0.0.1', () => ++connected === ${CLIENTS} && report()).on('error', report);
  setTimeout(report, 10_000);
`;

describe('UwsServer', () => {
  it('tells the port of each address, in their order, also where two have the same', async () => {
    const [first, other] = [await freePort(), await freePort()];
    const addresses = [`127.0.0.1:${first}`, `127.0.0.2:${first}`, `127.0.0.1:${other}`];
    const service = await startService({ LISTEN_ADDR: addresses.join() });
    try {
      expect(service.ports).to.deep.equal([first, first, other]);
    } finally {
      await service.stop();
    }
  });

  it('has the kernel keep thousands of clients that come at once while it is busy, instead of dropping them', async function () {
    this.timeout(30_000);
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
