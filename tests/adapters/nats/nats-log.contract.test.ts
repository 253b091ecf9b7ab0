import { describe, it } from 'mocha';
import { updateLogContract } from '../../../infrastructure/contract/update-log-contract.ts';
import type { UpdateLogWorld } from '../../../infrastructure/contract/update-log-world.ts';
import { NatsServer } from '../../support/servers/nats-server.ts';
import { openNatsLog } from '../../support/memory/open-nats-log.ts';
import { TcpProxy } from '../../support/servers/tcp-proxy.ts';

async function natsLogWorld(): Promise<UpdateLogWorld> {
  const server = await NatsServer.start();
  const proxy = await TcpProxy.start(server.port);
  const opened: { close(): Promise<void> }[] = [];
  return {
    keptMs: 3_600_000,
    open: () => {
      const { log } = openNatsLog({ url: proxy.url });
      opened.push(log);
      return log;
    },
    interrupt: () => proxy.refuse(),
    restore: () => proxy.heal(),
    close: async () => {
      await Promise.all(opened.map((log) => log.close()));
      await proxy.close();
      await server.close();
    },
  };
}

describe('NatsLog', () => updateLogContract({ describe, it }, natsLogWorld));
