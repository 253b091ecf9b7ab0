import { after, before, describe, it } from 'mocha';
import { updateLogContract } from '../../../infrastructure/contract/update-log-contract.ts';
import type { UpdateLogWorld } from '../../../infrastructure/contract/update-log-world.ts';
import { openPostgresLog } from '../../support/memory/open-postgres-log.ts';
import { PostgresServer } from '../../support/servers/postgres-server.ts';
import { POSTGRES } from '../../support/servers/postgres-frames.ts';
import { TcpProxy } from '../../support/servers/tcp-proxy.ts';

/** The first is the default, which `POSTGRES_BIN` may replace. */
for (const version of ['default', 17] as const)
  describe(`PostgresLog, version ${version},`, () => {
    let server: PostgresServer;
    let worlds = 0;
    before(async function () {
      // It may have to be fetched first.
      this.timeout(300_000);
      server = await PostgresServer.start(version === 'default' ? {} : { version });
    });
    after(() => server.close());

    updateLogContract({ describe, it }, async (): Promise<UpdateLogWorld> => {
      const schema = `world_${++worlds}`;
      const proxy = await TcpProxy.start(server.port, POSTGRES);
      const opened: { close(): Promise<void> }[] = [];
      return {
        keptMs: 3_600_000,
        open: () => {
          const { log } = openPostgresLog({ url: server.urlOf({ port: proxy.port }), schema });
          opened.push(log);
          return log;
        },
        interrupt: () => proxy.refuse(),
        restore: () => proxy.heal(),
        close: async () => {
          await Promise.all(opened.map((log) => log.close()));
          await proxy.close();
        },
      };
    });
  });
