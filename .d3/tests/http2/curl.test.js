import { expect } from 'chai';
import { CertificateFiles } from "../support/servers/certificate-files.js";
import { Curl } from "../support/clients/curl.js";
import { startService, TOKEN } from "../support/servers/running-service.js";
const EVENT = 'event: environment_updated\nid: 1-1733480514.079725\ndata: {"updated_at":1733480514.079725}\n\n';
/** How each of curl's protocols is asked for, and which address of the service it is asked of. */
const WAYS = [
    { name: 'HTTP/1.1 on uWebSockets.js', args: ['--http1.1'], head: 'HTTP/1.1 200 OK', tls: false, port: 0 },
    { name: 'h2c with prior knowledge', args: ['--http2-prior-knowledge'], head: 'HTTP/2 200', tls: false, port: 1 },
    { name: 'HTTP/1.1 beside h2c', args: ['--http1.1'], head: 'HTTP/1.1 200 OK', tls: false, port: 1 },
    { name: 'HTTP/2 over TLS', args: ['--http2'], head: 'HTTP/2 200', tls: true, port: 1 },
    { name: 'HTTP/1.1 over TLS', args: ['--http1.1'], head: 'HTTP/1.1 200 OK', tls: true, port: 1 },
];
describe('curl', () => {
    let files;
    before(async () => void (files = await CertificateFiles.make()));
    after(() => files.remove());
    for (const { name, args, head, tls, port } of WAYS)
        it(`shows the documented transcript: ${name}`, async () => {
            const service = await startService(tls ? files.environment : { HTTP2_LISTEN_ADDR: '127.0.0.1:0' });
            const base = `${tls ? 'https' : 'http'}://127.0.0.1:${service.ports[port]}/sse/environments/abcxyz`;
            const stream = await Curl.start(...args, '--include', `${base}/stream`);
            await stream.shows('retry: ');
            const post = await Curl.start(...[...args, '-X', 'POST', `${base}/queue-change`, '-H', `Authorization: Token ${TOKEN}`], ...['-H', 'Content-Type: application/json', '-d', '{"updated_at":"2024-12-06T10:21:54.079725+00:00"}']);
            expect([await post.exited(), post.output]).to.deep.equal([0, '{"updated_at":1733480514.079725}']);
            await stream.shows(EVENT);
            await service.stop();
            expect(await stream.exited(), stream.output).to.equal(0);
            expect(stream.output.split('\r\n', 1)[0]?.trim()).to.equal(head);
            const body = stream.output.split('\r\n\r\n')[1] ?? '';
            expect(body.replace(/^:\n\n/gm, '').replace(/\d+/, 'N')).to.equal(`: connected\nretry: N\n\n${EVENT}`);
        });
});
//# sourceMappingURL=curl.test.js.map