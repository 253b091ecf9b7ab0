import { expect } from 'chai';
import { eventually } from "../support/eventually.js";
import { connectHttp2, Http2Client } from "../support/clients/http2-client.js";
import { RawClient } from "../support/clients/raw-client.js";
import { preload, ServiceProcess } from "../support/servers/service-process.js";
import { StreamClient } from "../support/clients/stream-client.js";
import { TRANSPORTS } from "../support/servers/transports.js";
const STREAMS = 20;
describe('a process that crashes', () => {
    const services = [];
    const clients = [];
    afterEach(async () => {
        for (const client of clients.splice(0))
            client.close();
        for (const service of services.splice(0))
            await service.kill();
    });
    async function start(environment) {
        const service = await ServiceProcess.start({ ...preload('crashing'), ...environment });
        services.push(service);
        return service;
    }
    async function openMany(port) {
        const opened = await Promise.all(Array.from({ length: STREAMS }, () => StreamClient.open(port, 'abc')));
        clients.push(...opened);
        return opened;
    }
    async function openHttp2(port) {
        const session = await connectHttp2(`http://127.0.0.1:${port}`);
        clients.push({ close: () => session.destroy() });
        return Promise.all(Array.from({ length: STREAMS }, () => Http2Client.open(session, 'abc')));
    }
    async function endedProperly(streams) {
        for (const stream of streams) {
            await eventually('the stream to end', () => stream.raw.ending !== 'open');
            expect([stream.endedProperly, stream.raw.ending]).to.deep.equal([true, 'ended']);
        }
    }
    for (const { name, environment } of TRANSPORTS)
        for (const [what, bug] of Object.entries({
            'an exception': (service) => service.signal('SIGUSR2'),
            'a rejected promise': (service) => service.signal('SIGUSR2'),
            'an exception in the handler of a request': async ({ port }) => {
                const client = await RawClient.connect(port);
                clients.push({ close: () => client.destroy() });
                client.send('GET /planted-bug HTTP/1.1\r\nHost: h\r\n\r\n');
            },
        }))
            it(`by ${what} ends its streams over ${name} and HTTP/2 properly, says why in its log, and exits with 1`, async () => {
                const service = await start({
                    ...environment,
                    HTTP2_LISTEN_ADDR: '127.0.0.1:0',
                    PLANTED_BUG: what === 'a rejected promise' ? 'rejection' : '',
                });
                const [port = 0, http2Port = 0] = service.ports;
                const [streams, http2Streams] = [await openMany(port), await openHttp2(http2Port)];
                await bug(service);
                expect(await service.exited()).to.equal(1);
                await endedProperly(streams);
                for (const stream of http2Streams)
                    expect((await stream.answered()).ending).to.equal('ended');
                const crashed = service.lines.filter(({ event }) => event === 'crashed');
                expect(crashed).to.have.length(1);
                expect(crashed[0]).to.include({ level: 'error', reason: 'a planted bug' });
                expect(crashed[0]?.['stack']).to.include('crashing.process');
            });
});
//# sourceMappingURL=crash.test.js.map