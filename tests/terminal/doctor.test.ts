import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import type { Finding } from '../../infrastructure/terminal/doctor/finding.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { freePort } from '../support/servers/free-port.ts';
import { Nginx } from '../support/servers/nginx.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { Halyard } from './halyard.ts';

const SOUND = 'proxy_http_version 1.1; proxy_buffering off;';

/** Each of these is a server of one nginx, before the same service. */
const SETUPS = {
  sound: `location / { proxy_pass http://service; ${SOUND} }`,
  /** nginx hands chunks on as they come, but collects an answer without chunks, which HTTP/1.0 makes of it. */
  buffering: `location / { proxy_pass http://127.0.0.1:SOUND_PORT; proxy_http_version 1.0; proxy_ignore_headers X-Accel-Buffering; }`,
  compressing: `gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0;
    location / { proxy_pass http://service; ${SOUND} }`,
  impatient: `location / { proxy_pass http://service; ${SOUND} proxy_read_timeout 2s; }`,
  withoutCors: `location / { proxy_pass http://service; ${SOUND} proxy_hide_header Access-Control-Allow-Origin; }`,
  doubledCors: `location / { proxy_pass http://service; ${SOUND} add_header Access-Control-Allow-Origin *; }`,
  noPreflight: `location / { if ($request_method = OPTIONS) { return 405; } proxy_pass http://service; ${SOUND} }`,
  http10: `location / { proxy_pass http://service; proxy_http_version 1.0; proxy_buffering off; }`,
  redirecting: `location / { return 301 https://elsewhere.example.com$request_uri; }`,
  deadUpstream: `location / { proxy_pass http://127.0.0.1:1; }`,
  apart: `location / { proxy_pass http://apart; ${SOUND} }`,
  closedQueueChange: `location ~ /queue-change$ { return 403; }
    location / { proxy_pass http://service; ${SOUND} }`,
} as const;

type Setup = keyof typeof SETUPS;

/** What a doctor says: its exit code, and each check that is not sound with what it saw. */
interface Diagnosis {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

function troubles({ findings }: Diagnosis): string[] {
  return findings.filter(({ result }) => result === 'fault' || result === 'warning').map(({ check }) => check);
}

function seen({ findings }: Diagnosis, check: Finding['check']): string {
  const { result, saw } = findings.find((finding) => finding.check === check) ?? { result: 'no finding', saw: '' };
  return `${result}: ${saw}`;
}

async function diagnose(args: readonly string[], environment: Record<string, string> = {}): Promise<Diagnosis> {
  const all = ['doctor', ...args, '--environment', 'abcxyz', '--patience', '5', '--json'];
  const { code, out, err } = await Halyard.run(all, { SSE_AUTHENTICATION_TOKEN: TOKEN, ...environment });
  if (out === '') throw new Error(`the doctor said nothing: ${err}`);
  return { code, findings: JSON.parse(out) as Finding[] };
}

class ClockAhead extends SystemClock {
  override epochMs(): number {
    return super.epochMs() + 60_000;
  }
}

describe('halyard doctor', function () {
  // nginx may have to be fetched first; each test starts a process.
  this.timeout(300_000);

  let service: RunningService;
  const alone: RunningService[] = [];
  let nginx: Nginx;
  const ports = new Map<Setup, number>();
  before(async () => {
    // Long enough for an impatient proxy, and short enough for the patience of the tests.
    service = await startService({ KEEP_ALIVE_SECONDS: '3' });
    alone.push(await startService(), await startService());
    const servers: string[] = [];
    for (const [name, locations] of Object.entries(SETUPS)) {
      const port = await freePort();
      ports.set(name as Setup, port);
      servers.push(
        `server { listen 127.0.0.1:${port}; ${locations.replace('SOUND_PORT', String(ports.get('sound')))} }`,
      );
    }
    const upstreams = `upstream service { server 127.0.0.1:${service.port}; }
      upstream apart { ${alone.map(({ port }) => `server 127.0.0.1:${port};`).join(' ')} }`;
    nginx = await Nginx.start(`${upstreams} ${servers.join('\n')}`, ports.get('sound') ?? 0);
  });
  after(async () => {
    await nginx?.stop();
    for (const running of [service, ...alone]) await running?.stop();
  });

  const address = (setup: Setup): string => `http://127.0.0.1:${ports.get(setup)}`;

  it('finds nothing wrong with a service, nor with one behind a sound proxy', async () => {
    const [direct, proxied] = await Promise.all([
      diagnose([`http://127.0.0.1:${service.port}`]),
      diagnose([address('sound')]),
    ]);
    for (const diagnosis of [direct, proxied]) {
      expect(troubles(diagnosis), JSON.stringify(diagnosis.findings)).to.deep.equal([]);
      expect(diagnosis.code).to.equal(0);
      expect(diagnosis.findings.filter(({ result }) => result === 'skipped')).to.deep.equal([]);
    }
  });

  it('publishes nothing without a token, and looks at all else', async () => {
    const diagnosis = await diagnose([address('sound')], { SSE_AUTHENTICATION_TOKEN: '' });
    expect(troubles(diagnosis)).to.deep.equal([]);
    const skipped = diagnosis.findings.filter(({ result }) => result === 'skipped').map(({ check }) => check);
    expect(skipped).to.deep.equal(['event_name', 'chunks', 'update', 'instances', 'clock']);
  });

  const BROKEN: readonly (readonly [title: string, setup: Setup, check: Finding['check'], saw: RegExp])[] = [
    ['a proxy that collects the answer', 'buffering', 'buffering', /^fault: .*no byte of the/],
    ['a proxy that compresses', 'compressing', 'compression', /^fault: Content-Encoding: gzip$/],
    ['a proxy that cuts idle streams', 'impatient', 'idle_cut', /^fault: the stream was cut after [23]\.\d s$/],
    ['a proxy that drops the CORS header', 'withoutCors', 'cors', /^fault: Access-Control-Allow-Origin is missing$/],
    ['a proxy that adds a second CORS header', 'doubledCors', 'cors', /^fault: Access-Control-Allow-Origin: \*, \*$/],
    ['a proxy that answers OPTIONS itself', 'noPreflight', 'cors', /^fault: OPTIONS answers 405/],
    ['a proxy that speaks HTTP/1.0', 'http10', 'stream', /^fault: 505/],
    ['a redirect', 'redirecting', 'stream', /^fault: 301/],
    ['a proxy that does not reach the service', 'deadUpstream', 'stream', /^fault: 502/],
    ['instances without a log between them', 'apart', 'instances', /^fault: the update arrived on 4 of 8 streams$/],
  ];
  const diagnoses = new Map<Setup, Promise<Diagnosis>>();
  before(() => {
    // All of them at once: most of it is waiting.
    for (const [, setup] of BROKEN) diagnoses.set(setup, diagnose([address(setup)]));
    // A failure is its own test's.
    for (const diagnosis of diagnoses.values()) diagnosis.catch(() => undefined);
  });
  for (const [title, setup, check, saw] of BROKEN)
    it(`names ${title}, and says what to do`, async () => {
      const diagnosis = await diagnoses.get(setup);
      if (diagnosis === undefined) throw new Error('it was not examined');
      expect(seen(diagnosis, check), JSON.stringify(diagnosis.findings)).to.match(saw);
      expect(diagnosis.findings.find((finding) => finding.check === check)?.remedy).to.be.a('string');
      expect(diagnosis.code).to.equal(1);
    });

  it('names a queue-change that clients can reach beside an internal address, and none that they cannot', async () => {
    const internal = ['--internal', `http://127.0.0.1:${service.port}`];
    const [open, closed] = await Promise.all([
      diagnose([address('sound'), ...internal]),
      diagnose([address('closedQueueChange'), ...internal]),
    ]);
    expect(seen(open, 'queue_change')).to.match(/^fault: it is reachable where clients are/);
    expect(open.code).to.equal(1);
    expect(seen(closed, 'queue_change')).to.equal('ok: from here it answers 403: it is not reachable');
    expect(seen(closed, 'update')).to.match(/^ok: a test update arrived/);
    expect(closed.code).to.equal(0);
  });

  it('names a wrong token, an event name that SDKs do not know, and a full service', async () => {
    const other = await startService({ SSE_EVENT_NAME: 'changed' });
    const full = await startService({ MAX_SUBSCRIBERS: '1' });
    const held = await fetch(`http://127.0.0.1:${full.port}/sse/environments/abcxyz/stream`);
    try {
      const [wrongToken, renamed, noPlace] = await Promise.all([
        diagnose([address('sound')], { SSE_AUTHENTICATION_TOKEN: 'wrong' }),
        diagnose([`http://127.0.0.1:${other.port}`]),
        diagnose([`http://127.0.0.1:${full.port}`]),
      ]);
      expect(seen(wrongToken, 'update')).to.match(/^fault: the test update was not taken: .*401/);
      expect(seen(renamed, 'event_name')).to.equal('fault: the event has the name changed');
      expect(seen(noPlace, 'ready')).to.match(/^fault: \/readyz answers 503: .*full/);
      expect(seen(noPlace, 'stream')).to.match(/^fault: 503, .*too_many_subscribers/);
    } finally {
      await held.body?.cancel();
      await other.stop();
      await full.stop();
    }
  });

  it('names an address that nobody listens on, and one that is no service', async () => {
    const nobody = await diagnose([`http://127.0.0.1:${await freePort()}`]);
    expect(nobody.findings.map(({ check }) => check)).to.deep.equal(['reachable']);
    expect(seen(nobody, 'reachable')).to.match(/^fault: .*ECONNREFUSED/);
    expect(nobody.code).to.equal(1);
    const silent = createTcpServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const diagnosis = await diagnose([`http://127.0.0.1:${(silent.address() as AddressInfo).port}`]);
      expect(seen(diagnosis, 'stream')).to.equal('fault: the connection was closed without an answer');
    } finally {
      silent.close();
    }
  });

  it('names a clock that is apart', async () => {
    const ahead = await startService({}, (container) => {
      container.rebind(TOKENS.clock).toConstantValue(new ClockAhead());
    });
    try {
      const diagnosis = await diagnose([`http://127.0.0.1:${ahead.port}`]);
      expect(seen(diagnosis, 'clock')).to.match(/^warning: the clocks here and of its log are (59|60)\.\d s apart$/);
      expect(diagnosis.code).to.equal(0);
    } finally {
      await ahead.stop();
    }
  });

  /** No proxy that we know cuts chunks: one of our own does, and leaves the event's chunk open. */
  it('names a chunk that stays open', async () => {
    const sockets = new Set<Socket>();
    const cutting = createTcpServer((client) => {
      sockets.add(client);
      client.on('error', () => client.destroy());
      const upstream = fetchStream(service.port, (event) => client.write(`fff\r\n${event}`));
      client.once('data', (request: Buffer) => {
        if (!request.toString().startsWith('GET /sse/')) return void client.end('HTTP/1.1 404 Not Found\r\n\r\n');
        client.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n');
        client.write('Access-Control-Allow-Origin: *\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n: \n\r\n');
      });
      client.on('close', () => upstream.abort());
    }).listen(0, '127.0.0.1');
    await once(cutting, 'listening');
    try {
      const url = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
      const diagnosis = await diagnose([url, '--internal', `http://127.0.0.1:${service.port}`]);
      expect(seen(diagnosis, 'chunks')).to.equal('fault: the event arrived in a chunk that stays open');
      expect(seen(diagnosis, 'event_name')).to.equal('ok: environment_updated');
    } finally {
      for (const socket of sockets) socket.destroy();
      cutting.close();
    }
  });

  describe('over TLS', () => {
    let dir: string;
    let proxies: Nginx;
    let plain: number;
    const authority = makeCertificate({ commonName: 'an authority' });
    const CERTIFICATES = {
      good: makeCertificate({ issuer: authority }),
      expiring: makeCertificate({ issuer: authority, validDays: 3 }),
      expired: makeCertificate({ issuer: authority, validDays: -2 }),
      foreign: makeCertificate(),
      misnamed: makeCertificate({ issuer: authority, names: ['elsewhere.example.com'], addresses: [] }),
    };
    const tlsPorts = new Map<string, number>();
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'halyard-doctor-'));
      await writeFile(join(dir, 'authority.pem'), authority.cert);
      plain = await freePort();
      const servers = [`server { listen 127.0.0.1:${plain}; location / { proxy_pass http://service; ${SOUND} } }`];
      for (const [name, { cert, key }] of Object.entries(CERTIFICATES)) {
        await writeFile(join(dir, `${name}.crt`), cert);
        await writeFile(join(dir, `${name}.key`), key);
        const port = await freePort();
        tlsPorts.set(name, port);
        const files = `ssl_certificate ${join(dir, `${name}.crt`)}; ssl_certificate_key ${join(dir, `${name}.key`)};`;
        const version = name === 'good' ? ' http2' : '';
        servers.push(`server { listen 127.0.0.1:${port} ssl${version}; ${files}
          location / { proxy_pass http://service; ${SOUND} } }`);
      }
      proxies = await Nginx.start(
        `upstream service { server 127.0.0.1:${service.port}; } ${servers.join('\n')}`,
        plain,
      );
    });
    after(async () => {
      await proxies?.stop();
      await rm(dir, { recursive: true, force: true });
    });

    const overTls = (name: keyof typeof CERTIFICATES): Promise<Diagnosis> =>
      diagnose([`https://127.0.0.1:${tlsPorts.get(name)}`], { NODE_EXTRA_CA_CERTS: join(dir, 'authority.pem') });

    it('looks at the certificate, and sends no token where it is not valid', async () => {
      const names = ['good', 'expiring', 'expired', 'foreign', 'misnamed'] as const;
      const [good, expiring, expired, foreign, misnamed] = await Promise.all(names.map(overTls));
      if (!good || !expiring || !expired || !foreign || !misnamed) throw new Error('some were not examined');
      expect(troubles(good), JSON.stringify(good.findings)).to.deep.equal([]);
      expect(seen(good, 'tls')).to.match(/^ok: TLSv1\.[23], a certificate that is valid for (29|30) days$/);
      expect(seen(good, 'http_version')).to.match(/^ok: HTTP\/2/);
      expect(good.code).to.equal(0);
      expect(seen(expiring, 'tls')).to.match(/^warning: .* valid for [23] days$/);
      expect(seen(expiring, 'http_version')).to.match(/^ok: HTTP\/1\.1/);
      expect(seen(expired, 'tls')).to.match(/^fault: the certificate is not valid: CERT_HAS_EXPIRED/);
      expect(seen(foreign, 'tls')).to.match(/^fault: the certificate is not valid: DEPTH_ZERO_SELF_SIGNED_CERT/);
      expect(seen(misnamed, 'tls')).to.match(/^fault: the certificate is not valid: ERR_TLS_CERT_ALTNAME_INVALID/);
      for (const diagnosis of [expired, foreign, misnamed]) {
        expect(diagnosis.code).to.equal(1);
        expect(seen(diagnosis, 'update')).to.match(/^skipped: the token is not sent/);
        expect(seen(diagnosis, 'stream')).to.match(/^ok: 200/);
      }
    });

    it('names plain text on a port for TLS, and TLS on one for plain text', async () => {
      const wrongPort = await diagnose([`https://127.0.0.1:${plain}`]);
      expect(seen(wrongPort, 'tls')).to.match(/^fault: the TLS handshake failed/);
      expect(wrongPort.code).to.equal(1);
      const wrongScheme = await diagnose([`http://127.0.0.1:${tlsPorts.get('good')}`]);
      expect(seen(wrongScheme, 'stream')).to.match(/^fault: 400/);
    });
  });

  it('prints one line for each check, and what to do', async () => {
    const { code, out } = await Halyard.run(
      ['doctor', address('doubledCors'), '--environment', 'abcxyz', '--patience', '0'],
      {},
    );
    expect(code).to.equal(1);
    expect(out).to.match(/^ok {7}reachable {5}127\.0\.0\.1:\d+ in \d+ ms$/m);
    expect(out).to.match(/^FAULT {4}cors {10}Access-Control-Allow-Origin: \*, \*\n {23}-> browsers refuse it/m);
  });

  const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no environment', ['http://127.0.0.1'], /--environment is missing/],
    [
      'an invalid patience',
      ['http://127.0.0.1', '--environment', 'a', '--patience', 'long'],
      /invalid --patience: long/,
    ],
    ['an invalid internal URL', ['http://127.0.0.1', '--environment', 'a', '--internal', 'b:1'], /invalid URL: b:1/],
  ];
  for (const [name, args, expected] of MISTAKES)
    it(`ends with 1 and a clear error for ${name}`, async () => {
      const { code, out, err } = await Halyard.run(['doctor', ...args]);
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.match(expected);
    });
});

/** The events of a real stream, each as it is on the wire. */
function fetchStream(port: number, onEvent: (event: string) => void): AbortController {
  const controller = new AbortController();
  void (async () => {
    const response = await fetch(`http://127.0.0.1:${port}/sse/environments/abcxyz/stream`, {
      signal: controller.signal,
    });
    if (response.body === null) return;
    for await (const piece of response.body.pipeThrough(new TextDecoderStream()))
      if (piece.includes('data:')) onEvent(piece);
  })().catch(() => undefined);
  return controller;
}
