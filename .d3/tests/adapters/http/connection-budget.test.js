import { expect } from 'chai';
import { ConnectionBudget } from "../../../adapters/http/connection-budget.js";
import { NodeServer } from "../../../adapters/http/node/server.js";
import { TlsCertificate } from "../../../adapters/http/tls-certificate.js";
import { UwsServer } from "../../../adapters/http/uws/server.js";
import { SystemClock } from "../../../adapters/system/system-clock.js";
import { CertificateFiles } from "../../support/servers/certificate-files.js";
import { eventually } from "../../support/eventually.js";
import { connectHttp2 } from "../../support/clients/http2-client.js";
import { RawClient } from "../../support/clients/raw-client.js";
import { RecordedLogger } from "../../support/memory/recorded-logger.js";
import { serveSockets } from "../../support/memory/served-socket-world.js";
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
describe('The budget of connections', () => {
    it('holds over all listeners together, and has room again when connections are closed', async () => {
        const files = await CertificateFiles.make();
        const certificate = new TlsCertificate(files, new SystemClock(), new RecordedLogger());
        const addresses = [{ host: '127.0.0.1', port: 0 }];
        const connections = new ConnectionBudget(3);
        const listeners = [];
        const serve = (make) => serveSockets((routes) => {
            const listener = make(routes);
            listeners.push(listener);
            return listener;
        }, () => Promise.reject(new Error('nobody opens a stream here')));
        const worlds = [
            await serve((routes) => new UwsServer({ addresses, connections, sharePort: false }, routes, new RecordedLogger())),
            await serve((routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger())),
            await serve((routes) => new NodeServer({ addresses, connections, certificate }, routes, new RecordedLogger())),
        ];
        const [uws, node, tls] = listeners.map(({ ports }) => ports[0] ?? 0);
        const get = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
        /** Says something, and waits for the answer or the end. */
        async function talk(port, text) {
            const client = await RawClient.connect(port ?? 0);
            client.send(text);
            await eventually('an answer or an end', () => client.bytes > 0 || client.ending !== 'open');
            return client;
        }
        /** Tries until it succeeds: the connections of the round before may not have been counted out yet. */
        async function firstOf(attempt) {
            let result;
            await eventually('room for one more', async () => {
                result = await attempt().catch(() => undefined);
                return result !== undefined;
            });
            return result;
        }
        // Whether the ones before were counted out is seen by whether the next ones get in.
        for (let round = 0; round < 3; round++) {
            const held = [];
            for (const [port, text] of [
                [uws, get],
                [node, PREFACE],
            ])
                await eventually('room for one more', async () => {
                    const client = await talk(port, text);
                    if (client.bytes > 0)
                        held.push(client);
                    return client.bytes > 0;
                });
            const session = await firstOf(() => connectHttp2(`https://127.0.0.1:${tls}`));
            const ending = () => (session.destroyed ? 'ended' : 'open');
            held.push({
                destroy: () => session.destroy(),
                get ending() {
                    return ending();
                },
            });
            for (const port of [node, uws, tls])
                expect((await talk(port, get)).text).to.equal('');
            expect(held.map(({ ending }) => ending)).to.deep.equal(['open', 'open', 'open']);
            for (const client of held)
                client.destroy();
        }
        for (const world of worlds)
            await world.close();
        await files.remove();
    });
});
//# sourceMappingURL=connection-budget.test.js.map