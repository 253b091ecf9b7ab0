import { expect } from 'chai';
import { parse } from 'yaml';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { readDocument } from '../support/documents/repository.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { startService } from '../support/servers/running-service.ts';
import { sendJson, StubApi } from '../support/servers/stub-api.ts';

const GUIDE = 'docs/fresh-flags.md';
const RELAYED = ['/api/v1/flags/', '/api/v1/environment-document/'];

const PROXIES = [
  { name: 'nginx', start: Proxy.nginx.bind(Proxy) },
  { name: 'HAProxy', start: Proxy.haproxy.bind(Proxy) },
] as const;

describe('The path rules of docs/fresh-flags.md', function () {
  // The first run fetches Debian's packages.
  this.timeout(300_000);

  for (const { name, start } of PROXIES)
    it(`route flags, documents and streams here, and the rest to the API: ${name}`, async () => {
      const files = await CertificateFiles.make();
      const api = await StubApi.start((request, response) => {
        if (request.url === '/api/v1/flags') response.writeHead(301, { Location: '/api/v1/flags/' }).end();
        else
          sendJson(
            response,
            JSON.stringify({ via: request.headers.via ?? null, key: request.headers['x-environment-key'] }),
          );
      });
      const service = await startService({ FLAGS_RELAY: 'on', FLAGSMITH_API_URL: api.url });
      const apiPort = new URL(api.url).port;
      const proxy = await start(files, service.port, [[':8000', `:${apiPort}`]], GUIDE);
      try {
        const session = await connectHttp2(proxy.url);
        const ask = (path: string): Promise<Http2Client> =>
          new Http2Client(session, path, { 'x-environment-key': 'abc' }).answered();
        for (const path of RELAYED) {
          const answer = await ask(path);
          expect([answer.status, answer.headers.age], path).to.deep.equal([200, '0']);
          expect(JSON.parse(answer.received), path).to.deep.equal({ via: '1.1 halyard', key: 'abc' });
        }
        const one = await ask('/api/v1/flags/?feature=x');
        expect(JSON.parse(one.received)).to.deep.equal({ via: '1.1 halyard', key: 'abc' });
        for (const path of ['/api/v1/identities/', '/api/v1/flags/x/', '/']) {
          const answer = await ask(path);
          expect([answer.status, answer.headers.age], path).to.deep.equal([200, undefined]);
          expect(JSON.parse(answer.received), path).to.deep.equal({ via: null, key: 'abc' });
        }
        expect((await ask('/api/v1/flags')).status).to.equal(301);
        const stream = await Http2Client.open(session, 'abc');
        await service.publish('abc', 1);
        await stream.hears('1');
        session.destroy();
      } finally {
        await proxy.stop();
        await service.stop();
        await api.close();
        await files.remove();
      }
    });

  it('have the same two paths for Kubernetes, each exactly', () => {
    const blocks = [...readDocument(GUIDE).matchAll(/^```yaml\n(.*?)^```/gms)].map(
      ([, text = '']) => parse(text) as never,
    );
    const [ingress, route] = blocks as unknown as [
      {
        spec: {
          rules: { http: { paths: { path: string; pathType: string; backend: { service: { name: string } } }[] } }[];
        };
      },
      { spec: { rules: { matches: { path: { type: string; value: string } }[]; backendRefs: { name: string }[] }[] } },
    ];
    const exact = ingress.spec.rules[0]?.http.paths.filter(({ backend }) => backend.service.name === 'halyard') ?? [];
    expect(exact.map(({ path, pathType }) => [path, pathType])).to.deep.equal(RELAYED.map((path) => [path, 'Exact']));
    const rule = route.spec.rules.find(({ backendRefs }) => backendRefs[0]?.name === 'halyard');
    expect(rule?.matches.map(({ path }) => path)).to.deep.equal(RELAYED.map((value) => ({ type: 'Exact', value })));
    expect(blocks).to.have.length(2);
  });
});
