import { expect } from 'chai';
import { TOKENS } from "../../infrastructure/container.js";
import { CertificateFiles } from "../support/servers/certificate-files.js";
import { eventually } from "../support/eventually.js";
import { connectHttp2, Http2Client } from "../support/clients/http2-client.js";
import { startService } from "../support/servers/running-service.js";
import { usedHeapBytes } from "../support/memory/used-heap.js";
const ROUNDS = 6;
/** Caches fill in the first rounds. */
const WARM_UP_ROUNDS = 2;
const CONNECTIONS = 20;
const STREAMS = 50;
describe('Streams that come and go', () => {
    it('leave nothing behind', async () => {
        const files = await CertificateFiles.make();
        const service = await startService(files.environment);
        const hub = service.container.get(TOKENS.hub);
        const url = `https://127.0.0.1:${service.ports[1]}`;
        let heap = 0;
        for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round++) {
            for (let connection = 0; connection < CONNECTIONS; connection++)
                await useConnection(await connectHttp2(url), round * 1000);
            await eventually('every stream to be forgotten', () => hub.subscribers === 0);
            if (round === WARM_UP_ROUNDS - 1)
                heap = await usedHeapBytes();
        }
        const growth = ((await usedHeapBytes()) - heap) / (ROUNDS * CONNECTIONS * STREAMS);
        // A stream costs some 6 KB while it is open, and its object alone 1 KB.
        expect(growth).to.be.lessThan(100);
        await service.stop();
        await files.remove();
        async function useConnection(session, value) {
            const clients = Array.from({ length: STREAMS }, () => new Http2Client(session, '/sse/environments/env/stream'));
            for (const client of clients)
                await eventually('the first bytes', () => client.received !== '');
            await service.publish('env', value);
            for (const client of clients)
                await client.hears(String(value));
            // Some are closed one by one, the others with their connection.
            for (const client of clients.slice(0, STREAMS / 2))
                client.stream.close();
            session.destroy();
        }
    });
});
//# sourceMappingURL=soak.test.js.map