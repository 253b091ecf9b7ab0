import { describe, it } from 'mocha';
import { updateLogContract } from "../../../infrastructure/contract/update-log-contract.js";
import { NatsServer } from "../../support/servers/nats-server.js";
import { openNatsLog } from "../../support/memory/open-nats-log.js";
import { TcpProxy } from "../../support/servers/tcp-proxy.js";
async function natsLogWorld() {
    const server = await NatsServer.start();
    const proxy = await TcpProxy.start(server.port);
    const opened = [];
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
//# sourceMappingURL=nats-log.contract.test.js.map