import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import type { Finding } from '../../infrastructure/terminal/doctor/finding.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { freePort } from '../support/servers/free-port.ts';
import { Nginx } from '../support/servers/nginx.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { BROKEN_SET_UPS, type BrokenSetUp, type ServiceName, SERVICES } from './broken-set-ups.ts';
import { Halyard } from './halyard.ts';

const SOUND = 'location / { proxy_pass http://service; proxy_http_version 1.1; proxy_buffering off; }';

/** Servers of one nginx that work properly. */
const SOUND_SET_UPS = {
  sound: SOUND,
  withPrefix: 'location /realtime/ { proxy_pass http://service/; proxy_http_version 1.1; proxy_buffering off; }',
  closedQueueChange: `location ~ /queue-change$ { return 403; } ${SOUND}`,
} as const;

type SoundName = keyof typeof SOUND_SET_UPS;

/** A doctor's report: its exit code, and each check that is not sound, with what it saw. */
interface Diagnosis {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

/** The checks that are not sound. A late update is excluded: the machine may be busy. */
function troubles({ findings }: Diagnosis): string[] {
  const wrong = findings.filter(({ result }) => result === 'fault' || result === 'warning');
  return wrong.filter(({ check, result }) => check !== 'update' || result === 'fault').map(({ check }) => check);
}

function seen({ findings }: Diagnosis, check: Finding['check']): string {
  const { result, saw } = findings.find((finding) => finding.check === check) ?? { result: 'no finding', saw: '' };
  return `${result}: ${saw}`;
}

/** Each examination has its own environment: of two updates of one, subscribers may receive only the newer. */
let examined = 0;

async function diagnose(
  args: readonly string[],
  environment: Record<string, string> = {},
  patience = '5',
): Promise<Diagnosis> {
  const all = ['doctor', ...args, '--environment', `env-${++examined}`, '--patience', patience, '--json'];
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
  // nginx may have to be downloaded first; each test starts a process.
  this.timeout(300_000);

  const services = new Map<ServiceName, RunningService>();
  const ports = new Map<string, number>();
  /** A stream that occupies the only place of the full service. */
  let held: Response;
  let nginx: Nginx;
  let haproxy: Proxy;
  let service: RunningService;

  const nameOf = ({ name, title }: BrokenSetUp): string => name ?? title;
  const portOf = (name: string): number => {
    const port = services.get(name as ServiceName)?.port ?? ports.get(name);
    if (port === undefined) throw new Error(`there is no service and no set-up named ${name}`);
    return port;
  };
  const filled = (config: string): string =>
    config.replaceAll(/PORT\((\w+)\)/g, (_, name: string) => String(portOf(name))).replaceAll('TOKEN', TOKEN);

  before(async () => {
    // Longer than some proxies wait, and shorter than the tests do.
    for (const name of SERVICES)
      services.set(
        name,
        await startService({ KEEP_ALIVE_SECONDS: '3', ...(name === 'full' && { MAX_SUBSCRIBERS: '1' }) }),
      );
    service = services.get('service') as RunningService;
    held = await fetch(`http://127.0.0.1:${portOf('full')}/sse/environments/abcxyz/stream`);
    for (const name of [...Object.keys(SOUND_SET_UPS), ...BROKEN_SET_UPS.map(nameOf)])
      ports.set(name, await freePort());

    const servers = [
      ...Object.entries(SOUND_SET_UPS),
      ...BROKEN_SET_UPS.filter(({ proxy }) => proxy === 'nginx').map((setUp) => [nameOf(setUp), setUp.config] as const),
    ].map(([name, config]) => `server { listen 127.0.0.1:${portOf(name)}; ${filled(config)} }`);
    const upstream = (name: string, ...of: ServiceName[]): string =>
      `upstream ${name} { ${of.map((one) => `server 127.0.0.1:${portOf(one)};`).join(' ')} }`;
    const shared = [
      ...SERVICES.map((name) => upstream(name, name)),
      upstream('apart', 'first', 'second'),
      filled(
        'upstream hanging_first { server 127.0.0.1:PORT(hanging) max_fails=0; server 127.0.0.1:PORT(service) backup; }',
      ),
      // What has an empty key is not counted: of the requests of a doctor the streams are.
      'map "$request_method $uri" $stream_of { "~^GET .*/stream$" $server_port; }',
      'limit_conn_zone $stream_of zone=streams:1m;',
    ];
    nginx = await Nginx.start([...shared, ...servers].join('\n'), portOf('sound'));

    const listens = BROKEN_SET_UPS.filter(({ proxy }) => proxy === 'HAProxy').map((setUp, place) => ({
      port: portOf(nameOf(setUp)),
      text: `listen set-up-${place}\nbind 127.0.0.1:${portOf(nameOf(setUp))}\n${filled(setUp.config)}\n`,
    }));
    const timeouts = ['connect', 'client', 'server'].map((kind) => `timeout ${kind} 60s`);
    const defaults = `defaults\nmode http\n${timeouts.join('\n')}\n`;
    haproxy = await Proxy.haproxyWith(defaults + listens.map(({ text }) => text).join(''), listens[0]?.port ?? 0);
  });
  after(async () => {
    await nginx?.stop();
    await haproxy?.stop();
    await held?.body?.cancel();
    for (const running of services.values()) await running.stop();
  });

  const address = (setup: SoundName): string => `http://127.0.0.1:${portOf(setup)}`;

  it('finds nothing wrong with a service, nor with one behind a sound proxy', async () => {
    const diagnoses = await Promise.all([
      diagnose([`http://127.0.0.1:${service.port}`]),
      diagnose([address('sound')]),
      // With the slash at the end of the base URL, and without.
      diagnose([`${address('withPrefix')}/realtime`]),
      diagnose([`${address('withPrefix')}/realtime/`]),
    ]);
    for (const diagnosis of diagnoses) {
      expect(troubles(diagnosis), JSON.stringify(diagnosis.findings)).to.deep.equal([]);
      expect(diagnosis.code).to.equal(0);
      expect(diagnosis.findings.filter(({ result }) => result === 'skipped')).to.deep.equal([]);
    }
  });

  it('finds nothing wrong with HTTPS and HTTP/2, of the service and of proxies as the guide configures them', async () => {
    const files = await CertificateFiles.make();
    const { certFile: TLS_CERT_FILE, keyFile: TLS_KEY_FILE } = files;
    const https = await startService({ TLS_LISTEN_ADDR: '127.0.0.1:0', TLS_CERT_FILE, TLS_KEY_FILE });
    const http2 = await startService(files.environment);
    const h2c = await startService({ HTTP2_LISTEN_ADDR: '127.0.0.1:0' });
    const proxies = await Promise.all([
      Proxy.nginx(files, service.port),
      Proxy.haproxy(files, service.port),
      Proxy.haproxy(files, h2c.ports[1] ?? 0, [['8080 check', '8080 proto h2 check']]),
    ]);
    try {
      const own = [https, http2].map(({ ports: [, port] }) => `https://127.0.0.1:${port}`);
      const urls = [...own, ...proxies.map(({ url }) => url)];
      const trust = { NODE_EXTRA_CA_CERTS: files.certFile };
      const diagnoses = await Promise.all(urls.map((url) => diagnose([url], trust)));
      for (const diagnosis of diagnoses) {
        expect(troubles(diagnosis), JSON.stringify(diagnosis.findings)).to.deep.equal([]);
        expect(diagnosis.code).to.equal(0);
        expect(seen(diagnosis, 'update')).to.match(/^(ok|warning): a test update arrived/);
      }
      const versions = diagnoses.map((diagnosis) => /^ok: (HTTP\/[\d.]+)/.exec(seen(diagnosis, 'http_version'))?.[1]);
      expect(versions).to.deep.equal(['HTTP/1.1', 'HTTP/2', 'HTTP/2', 'HTTP/2', 'HTTP/2']);
    } finally {
      for (const proxy of proxies) await proxy.stop();
      for (const running of [https, http2, h2c]) await running.stop();
      await files.remove();
    }
  });

  it('publishes nothing without a token, and checks everything else', async () => {
    const diagnosis = await diagnose([address('sound')], { SSE_AUTHENTICATION_TOKEN: '' });
    expect(troubles(diagnosis)).to.deep.equal([]);
    const skipped = diagnosis.findings.filter(({ result }) => result === 'skipped').map(({ check }) => check);
    expect(skipped).to.deep.equal(['event_name', 'chunks', 'update', 'instances', 'clock']);
  });

  it('warns of plain HTTP, and of a queue-change beside it, if the address is not of this machine', async () => {
    // It is an address of this machine that does not look like one.
    const diagnosis = await diagnose([`http://0.0.0.0:${portOf('sound')}`], {}, '0');
    expect(seen(diagnosis, 'tls')).to.match(/^warning: plain HTTP: /);
    expect(seen(diagnosis, 'queue_change')).to.match(/^warning: it is reachable from where clients are/);
    expect(troubles(diagnosis)).to.deep.equal(['tls', 'queue_change']);
    expect(diagnosis.code).to.equal(0);
  });

  it('skips the keep-alive if it has less time than one takes', async () => {
    const quiet = await startService();
    try {
      const diagnosis = await diagnose([`http://127.0.0.1:${quiet.port}`], {}, '0');
      expect(seen(diagnosis, 'keep_alive')).to.match(/^skipped: watched too briefly for a keep-alive: /);
      expect(troubles(diagnosis)).to.deep.equal([]);
    } finally {
      await quiet.stop();
    }
  });

  it('names a queue-change that clients can reach beside an internal address, but not one that they cannot', async () => {
    const internal = ['--internal', `http://127.0.0.1:${service.port}`];
    const [open, closed] = await Promise.all([
      diagnose([address('sound'), ...internal]),
      diagnose([address('closedQueueChange'), ...internal]),
    ]);
    expect(seen(open, 'queue_change')).to.match(/^fault: it is reachable from where clients are/);
    expect(open.code).to.equal(1);
    expect(seen(closed, 'queue_change')).to.equal('ok: it answers 403 to a request from here: it is not reachable');
    expect(seen(closed, 'update')).to.match(/^(ok|warning): a test update arrived/);
    expect(closed.code).to.equal(0);
  });

  /** The cause is the service itself: no proxy is involved. */
  it('names a wrong token, an event name that SDKs do not know, and a full service', async () => {
    const other = await startService({ SSE_EVENT_NAME: 'changed' });
    try {
      const [wrongToken, renamed, full] = await Promise.all([
        diagnose([address('sound')], { SSE_AUTHENTICATION_TOKEN: 'wrong' }, '0'),
        diagnose([`http://127.0.0.1:${other.port}`], {}, '0'),
        diagnose([`http://127.0.0.1:${portOf('full')}`], {}, '0'),
      ]);
      expect(seen(wrongToken, 'update')).to.match(/^fault: the test update was not accepted: .*401/);
      expect(seen(renamed, 'event_name')).to.equal('fault: the event has the name changed');
      expect(seen(full, 'ready')).to.match(/^fault: \/readyz answers 503: .*full/);
      expect(seen(full, 'stream')).to.match(/^fault: 503, .*too_many_subscribers/);
    } finally {
      await other.stop();
    }
  });

  /** No proxy can be the cause. */
  it('names an address that nothing listens on', async () => {
    const nothing = await diagnose([`http://127.0.0.1:${await freePort()}`]);
    expect(nothing.findings.map(({ check }) => check)).to.deep.equal(['reachable']);
    expect(seen(nothing, 'reachable')).to.match(/^fault: .*ECONNREFUSED/);
    expect(nothing.code).to.equal(1);
  });

  /** The log's clock is in the body of an answer of the service, which a proxy passes on: the service has a wrong one. */
  it('names a clock of the log that is ahead', async () => {
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

  /**
   * Neither nginx nor HAProxy can do this: they make a chunk of what they have, and close it with its last byte. If they
   * delay the end of an event, the whole event is missing, which is another finding. So the proxy is our own.
   */
  it('names a chunk that stays open', async () => {
    const sockets = new Set<Socket>();
    const cutting = createTcpServer((client) => {
      sockets.add(client);
      client.on('error', () => client.destroy());
      const upstream = new AbortController();
      client.once('data', (request: Buffer) => {
        const path = /^GET (\/sse\/\S+)/.exec(request.toString())?.[1];
        if (path === undefined) return void client.end('HTTP/1.1 404 Not Found\r\n\r\n');
        client.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n');
        client.write('Access-Control-Allow-Origin: *\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n: \n\r\n');
        followEvents(service.url(path), upstream.signal, (event) => client.write(`fff\r\n${event}`));
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

  describe('in a set-up that is broken', () => {
    /** The report on a set-up, and how long it took. */
    async function examine(setUp: BrokenSetUp): Promise<readonly [diagnosis: Diagnosis, tookMs: number]> {
      const beganMs = performance.now();
      const url = `http://127.0.0.1:${portOf(nameOf(setUp))}${setUp.path ?? ''}`;
      const diagnosis = await diagnose([url], {}, setUp.patience ?? '0');
      return [diagnosis, performance.now() - beganMs];
    }
    const begun = new Map<BrokenSetUp, ReturnType<typeof examine>>();
    before(() => {
      // Concurrently, because they wait. The others need a processor, and are examined one by one.
      for (const setUp of BROKEN_SET_UPS)
        if (setUp.isSlow || setUp.patience !== undefined) begun.set(setUp, examine(setUp));
      // A failure is reported by its own test.
      for (const examination of begun.values()) examination.catch(() => undefined);
    });
    for (const setUp of BROKEN_SET_UPS)
      it(`names ${setUp.title} (${setUp.proxy}), and says what to do`, async () => {
        const [diagnosis, tookMs] = await (begun.get(setUp) ?? examine(setUp));
        const findings = JSON.stringify(diagnosis.findings);
        expect(seen(diagnosis, setUp.check), findings).to.match(setUp.saw);
        const finding = diagnosis.findings.find(({ check }) => check === setUp.check);
        if (finding?.result !== 'skipped') expect(finding?.remedy).to.be.a('string');
        expect(diagnosis.code, findings).to.equal(diagnosis.findings.some(({ result }) => result === 'fault') ? 1 : 0);
        expect(tookMs, 'milliseconds, with the default patience at most').to.be.lessThan(45_000);
      });
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
      const servers = [`server { listen 127.0.0.1:${plain}; ${SOUND} }`];
      for (const [name, { cert, key }] of Object.entries(CERTIFICATES)) {
        await writeFile(join(dir, `${name}.crt`), cert);
        await writeFile(join(dir, `${name}.key`), key);
        const port = await freePort();
        tlsPorts.set(name, port);
        const files = `ssl_certificate ${join(dir, `${name}.crt`)}; ssl_certificate_key ${join(dir, `${name}.key`)};`;
        const version = name === 'good' ? ' http2' : '';
        servers.push(`server { listen 127.0.0.1:${port} ssl${version}; ${files}
          ${SOUND} }`);
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

    it('checks the certificate, and sends no token if it is not valid', async () => {
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
      [
        'doctor',
        `http://127.0.0.1:${portOf('a proxy that adds a second CORS header')}`,
        '--environment',
        'abcxyz',
        '--patience',
        '0',
      ],
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
function followEvents(url: string, signal: AbortSignal, onEvent: (event: string) => void): void {
  void (async () => {
    const response = await fetch(url, { signal });
    if (response.body === null) return;
    for await (const piece of response.body.pipeThrough(new TextDecoderStream()))
      if (piece.includes('data:')) onEvent(piece);
  })().catch(() => undefined);
}
