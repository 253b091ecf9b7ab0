import { describe, it } from 'mocha';
import { ConnectionBudget } from "../../../adapters/http/connection-budget.js";
import { NodeServer } from "../../../adapters/http/node/server.js";
import { TlsCertificate } from "../../../adapters/http/tls-certificate.js";
import { UwsServer } from "../../../adapters/http/uws/server.js";
import { SystemClock } from "../../../adapters/system/system-clock.js";
import { subscriberSocketContract } from "../../../infrastructure/contract/subscriber-socket-contract.js";
import { CertificateFiles } from "../../support/servers/certificate-files.js";
import { connectHttp2, Http2Client } from "../../support/clients/http2-client.js";
import { RecordedLogger } from "../../support/memory/recorded-logger.js";
import { serveSockets } from "../../support/memory/served-socket-world.js";
import { StreamClient } from "../../support/clients/stream-client.js";
const addresses = [{ host: '127.0.0.1', port: 0 }];
const connections = new ConnectionBudget(1000);
function describeContract(name, makeWorld) {
    describe(name, () => subscriberSocketContract({ describe, it }, makeWorld));
}
const connectHttp1 = (port) => StreamClient.open(port, 'env');
describeContract('uWebSockets.js', () => serveSockets((routes) => new UwsServer({ addresses, connections, sharePort: false }, routes, new RecordedLogger()), connectHttp1));
describeContract('node:http', () => serveSockets((routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger()), connectHttp1));
describeContract('node:http2', () => serveSockets((routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger()), async (port) => Http2Client.open(await connectHttp2(`http://127.0.0.1:${port}`), 'env')));
describeContract('node:http2 with many streams on a connection', () => {
    let session;
    return serveSockets((routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger()), async (port) => {
        if (session === undefined || session.destroyed)
            session = await connectHttp2(`http://127.0.0.1:${port}`);
        return Http2Client.open(session, 'env');
    });
});
describeContract('node:http2 with TLS', async () => {
    const files = await CertificateFiles.make();
    const certificate = new TlsCertificate(files, new SystemClock(), new RecordedLogger());
    const world = await serveSockets((routes) => new NodeServer({ addresses, connections, certificate }, routes, new RecordedLogger()), async (port) => Http2Client.open(await connectHttp2(`https://127.0.0.1:${port}`), 'env'));
    return {
        open: world.open,
        close: async () => {
            await world.close();
            await files.remove();
        },
    };
});
//# sourceMappingURL=subscriber-sockets.contract.test.js.map