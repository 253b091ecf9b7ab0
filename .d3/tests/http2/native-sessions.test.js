import { expect } from 'chai';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http2';
import { NativeSessions } from "../../adapters/http/node/native-sessions.js";
import { AttackedService } from "../support/servers/attacked-service.js";
import { connectHttp2, Http2Client } from "../support/clients/http2-client.js";
import { RecordedLogger } from "../support/memory/recorded-logger.js";
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
describe('The native part of an HTTP/2 session', () => {
    it(`is found on this Node (${process.versions.node}), and held until two turns after the close`, async () => {
        const logger = new RecordedLogger();
        const natives = new NativeSessions(logger);
        const server = createServer();
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        const opened = once(server, 'session');
        const client = await connectHttp2(`http://127.0.0.1:${server.address().port}`);
        const [session] = await opened;
        natives.hold(session);
        expect([natives.size, logger.lines]).to.deep.equal([1, []]);
        const closed = new Promise((resolve) => session.once('close', () => resolve(natives.size)));
        client.destroy();
        expect(await closed).to.equal(1);
        await nextTurn();
        expect(natives.size, 'a turn later').to.equal(1);
        await nextTurn();
        expect(natives.size, 'two turns later').to.equal(0);
        server.close();
    });
    it('is done without where Node keeps it elsewhere, which is logged once', () => {
        const logger = new RecordedLogger();
        const natives = new NativeSessions(logger);
        for (let session = 0; session < 3; session++)
            natives.hold(new EventEmitter());
        expect(natives.size).to.equal(0);
        expect(logger.lines.map(({ level, event }) => [level, event])).to.deep.equal([
            ['warn', 'session_protection_missing'],
        ]);
    });
    it('is held by the service, which has nothing to warn of', async () => {
        const service = await AttackedService.start();
        try {
            const session = await connectHttp2(service.url(''));
            expect((await new Http2Client(session, '/livez').answered()).status).to.equal(200);
            session.destroy();
            await service.serves();
            expect(service.logged('session_protection_missing')).to.equal(0);
        }
        finally {
            await service.stop();
        }
    });
});
//# sourceMappingURL=native-sessions.test.js.map