import { describeUpdateLogContract } from '../../contract/update-log.contract.ts';
import { NatsServer } from '../../support/nats-server.ts';
import { openNatsLog } from '../../support/open-nats-log.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

describeUpdateLogContract('NatsLog', async () => {
  const server = await NatsServer.start();
  const proxy = await TcpProxy.start(server.port);
  const opened: { close(): Promise<void> }[] = [];
  return {
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
});
