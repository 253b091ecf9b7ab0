import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { changeRequest } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS_AND_UWS_TLS } from '../support/servers/transports.ts';

const FILES = 300;
const FLOOD = 1000;
/** Kernel clock ticks in a second, as Linux counts them in /proc. */
const TICKS = 100;

/** The CPU time that a process has used, in seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function connects(port: number): Promise<RawClient | undefined> {
  try {
    return await RawClient.connect(port);
  } catch {
    return undefined;
  }
}

for (const { name, environment } of TRANSPORTS_AND_UWS_TLS)
  describe(`a flood of connections at the limit of files on ${name}`, () => {
    it('leaves streams open, health answered and the CPU idle, and leaves nothing behind', async () => {
      const service = await ServiceProcess.start({ ...environment, MAX_SUBSCRIBERS: '100' }, { maxFiles: FILES });
      try {
        const stream = await StreamClient.open(service.port, 'abc');
        const health = await RawClient.connect(service.port);
        const flood: RawClient[] = [];
        for (let opened = 0; opened < FLOOD; opened++) {
          const client = await connects(service.port);
          if (client !== undefined) flood.push(client);
        }
        await eventually(
          'most of them to be turned away',
          () => flood.filter(({ ending }) => ending !== 'open').length >= FLOOD - FILES,
        );
        const beganMs = performance.now();
        const beganCpu = cpuSeconds(service.pid);
        health.send('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n');
        await health.received('HTTP/1.1 200');
        health.send(changeRequest('abc', 123));
        await stream.hears('123');
        await eventually('two seconds of it', () => performance.now() - beganMs > 2000);
        const share = (cpuSeconds(service.pid) - beganCpu) / ((performance.now() - beganMs) / 1000);
        // It spins when it has no file left, and gets its share of a busy machine. Else it takes a hundredth.
        expect(share, 'the share of one core that it takes').to.be.below(0.2);
        for (const client of flood) client.destroy();
        await eventually('new clients to be served', async () => {
          const client = await connects(service.port);
          client?.send('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n');
          await eventually(
            'an answer or an end',
            () => client === undefined || client.bytes > 0 || client.ending !== 'open',
          );
          client?.destroy();
          return client !== undefined && client.text.startsWith('HTTP/1.1 200');
        });
        expect(stream.endedProperly).to.equal(false);
        stream.close();
        health.destroy();
      } finally {
        await service.kill();
      }
    });
  });
