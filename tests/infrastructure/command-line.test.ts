import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Variable } from '../../adapters/common/variable.ts';
import { readCommand } from '../../infrastructure/command-line.ts';
import { VARIABLES } from '../../infrastructure/config.ts';
import { LOGS } from '../../infrastructure/logs.ts';
import { pathOf, readDocument } from '../support/documents/repository.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';

const MAIN = pathOf('dist/infrastructure/main.js');
const SECRET = 'hush-hush-7f3a';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function halyard(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, [MAIN, ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('The command line', () => {
  let dir: string;
  beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'halyard-cli-'))));
  afterEach(() => rm(dir, { recursive: true }));

  it('recognises its commands, and treats anything else as an error', () => {
    expect(readCommand([])).to.deep.equal({ kind: 'serve' });
    expect(readCommand(['serve'])).to.deep.equal({ kind: 'serve' });
    expect(readCommand(['healthcheck', 'ready'])).to.deep.equal({ kind: 'healthcheck', probe: '/readyz' });
    const mistakes = [['--port'], ['serve', 'serve'], ['serve', '--port=1'], ['healthcheck', '--help']];
    for (const args of mistakes) expect(readCommand(args).kind, args.join(' ')).to.equal('mistake');
  });

  it('ends with 1 and names an argument that it does not know', async () => {
    expect(await halyard(['serve', '--verbose'])).to.deep.equal({
      code: 1,
      out: '',
      err: 'halyard: unknown argument: --verbose. See --help.\n',
    });
  });

  it('prints help: every command, and every variable with its default', async () => {
    const { code, out } = await halyard(['--help']);
    expect(code).to.equal(0);
    for (const word of ['serve', 'healthcheck', '--check-config', '--version', ...VARIABLES.map(({ name }) => name)])
      expect(out).to.include(word);
    expect(out).to.include('SSE_AUTHENTICATION_TOKEN_FILE');
  });

  it('prints its version, which is that of the package', async () => {
    const { version } = JSON.parse(readDocument('package.json')) as { version: string };
    expect(await halyard(['--version'])).to.deep.equal({ code: 0, out: `${version}\n`, err: '' });
  });

  it('checks the configuration: prints the effective one, without the secrets', async () => {
    const environment = {
      SSE_AUTHENTICATION_TOKEN: SECRET,
      NATS_URL: `nats://${SECRET}@localhost:4222`,
      KEEP_ALIVE_SECONDS: '20',
      SSE_EVENT_NAME: '',
    };
    const { code, out, err } = await halyard(['--check-config'], environment);
    expect([code, err]).to.deep.equal([0, '']);
    const lines = out.trimEnd().split('\n');
    // Those of logs that are not chosen are not shown.
    const others: readonly Variable[] = LOGS.slice(1).flatMap(({ settings }) => settings.variables);
    const shown = VARIABLES.filter((variable) => !others.includes(variable));
    expect(lines.map((line) => line.split('=')[0])).to.deep.equal(shown.map(({ name }) => name));
    expect(shown.length).to.be.lessThan(VARIABLES.length);
    expect(lines).to.include.members(['SSE_AUTHENTICATION_TOKEN=(set)', 'KEEP_ALIVE_SECONDS=20', 'SSE_EVENT_NAME=']);
    expect(lines).to.include('LISTEN_ADDR=:8080');
    expect(out).not.to.include(SECRET);
    expect(lines.find((line) => line.startsWith('NATS_URL='))).to.include('localhost:4222');
  });

  it('checks the configuration: prints every error at once, and no secret', async () => {
    const environment = { SSE_AUTHENTICATION_TOKEN: ` ${SECRET}`, KEEP_ALIVE_SECONDS: 'soon', RESUME: 'maybe' };
    const { code, out, err } = await halyard(['--check-config'], environment);
    expect([code, out]).to.deep.equal([1, '']);
    for (const name of ['SSE_AUTHENTICATION_TOKEN', 'KEEP_ALIVE_SECONDS', 'RESUME']) expect(err).to.include(name);
    expect(err).not.to.include(SECRET);
  });

  it('checks the certificate and its key, and says which of their files is wrong, and why', async () => {
    const files = await CertificateFiles.make();
    const { environment } = files;
    const check = (): ReturnType<typeof halyard> =>
      halyard(['--check-config'], { SSE_AUTHENTICATION_TOKEN: SECRET, ...environment });
    expect(await check()).to.include({ code: 0, err: '' });
    await files.put({ ...makeCertificate(), key: makeCertificate().key });
    expect(await check()).to.deep.equal({
      code: 1,
      out: '',
      err:
        'halyard: the configuration has a mistake:\n' +
        `  TLS_KEY_FILE holds a key that does not match TLS_CERT_FILE: ${files.keyFile}\n`,
    });
    await files.remove();
  });

  for (const args of [['--help'], ['--version'], ['--check-config']])
    it(`${args.join(' ')} ends quietly when its reader goes away, as head does`, async () => {
      const env = { PATH: process.env['PATH'], SSE_AUTHENTICATION_TOKEN: SECRET };
      const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      // Closed in this turn, before the process has begun: every write meets a pipe without a reader.
      child.stdout.destroy();
      let err = '';
      child.stderr.on('data', (text: Buffer) => (err += text.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      expect([code, err]).to.deep.equal([0, '']);
    });

  it('reads secrets from files, and logs the configuration without them when it starts', async () => {
    const token = join(dir, 'token');
    await writeFile(token, `${SECRET}\n`);
    const service = await ServiceProcess.start({ SSE_AUTHENTICATION_TOKEN: '', SSE_AUTHENTICATION_TOKEN_FILE: token });
    try {
      const publish = (presented: string): Promise<Response> =>
        fetch(service.url('/sse/environments/abc/queue-change'), {
          method: 'POST',
          headers: { Authorization: `Token ${presented}` },
          body: '{"updated_at":1}',
        });
      expect((await publish(SECRET)).status).to.equal(200);
      expect((await publish(`${SECRET}x`)).status).to.equal(401);
      expect((await service.logged('token_rejected'))['reason']).to.equal('wrong_token');
      const { configuration } = (await service.logged('starting')) as unknown as {
        configuration: Record<string, string>;
      };
      expect(configuration).to.include({ SSE_AUTHENTICATION_TOKEN: '(set by file)', UPDATE_LOG: 'memory' });
      expect(JSON.stringify(service.lines)).not.to.include(SECRET);
    } finally {
      await service.kill();
    }
  });

  it('shows the address of NATS, also if a file holds its URL, but not its credentials', async () => {
    const url = join(dir, 'url');
    await writeFile(url, `nats://user:${SECRET}@127.0.0.1:4222\n`);
    const { out } = await halyard(['--check-config'], { SSE_AUTHENTICATION_TOKEN: 'token', NATS_URL_FILE: url });
    expect(out).to.include('\nNATS_URL=nats://***@127.0.0.1:4222\n').and.not.include(SECRET);
  });

  it('reports what is wrong with a file of a secret', async () => {
    const [empty, missing, token] = [join(dir, 'empty'), join(dir, 'missing'), join(dir, 'token')];
    await writeFile(empty, '\n');
    await writeFile(token, SECRET);
    const check = async (environment: Record<string, string>): Promise<string> =>
      (await halyard(['--check-config'], environment)).err;
    expect(await check({ SSE_AUTHENTICATION_TOKEN_FILE: missing })).to.equal(
      `halyard: the configuration has a mistake:\n  SSE_AUTHENTICATION_TOKEN_FILE cannot be read: ENOENT ${missing}\n`,
    );
    expect(await check({ SSE_AUTHENTICATION_TOKEN_FILE: empty })).to.include('names an empty file');
    expect(await check({ SSE_AUTHENTICATION_TOKEN_FILE: token, SSE_AUTHENTICATION_TOKEN: SECRET })).to.include(
      'SSE_AUTHENTICATION_TOKEN_FILE and SSE_AUTHENTICATION_TOKEN are both set: set one of them',
    );
  });

  for (const [what, environment, problem] of [
    [
      'a secret',
      { SSE_AUTHENTICATION_TOKEN_FILE: '/dev/zero', SSE_AUTHENTICATION_TOKEN: '' },
      'must name a file of at most 65536 bytes; too long',
    ],
    [
      'a certificate',
      { HTTP2_LISTEN_ADDR: '127.0.0.1:0', TLS_CERT_FILE: '/dev/zero', TLS_KEY_FILE: '/dev/zero' },
      'TLS_CERT_FILE is not a file: /dev/zero',
    ],
  ] as const)
    it(`reads only the permitted length of a file of ${what}, which may be an endless device`, async () => {
      const service = ServiceProcess.spawn(environment);
      try {
        expect(await service.exited()).to.equal(1);
        expect(service.stderr).to.include(problem);
      } finally {
        await service.kill();
      }
    });

  it('asks the running service whether it is alive, and whether it is ready', async () => {
    const service = await ServiceProcess.start();
    const environment = {
      UPDATE_LOG: 'memory',
      SSE_AUTHENTICATION_TOKEN: SECRET,
      LISTEN_ADDR: `127.0.0.1:${service.port}`,
      // Files that are being replaced do not affect a health check.
      NATS_CREDS_FILE: join(dir, 'not-there'),
    };
    try {
      await service.logged('log_caught_up');
      for (const args of [['healthcheck'], ['healthcheck', 'ready']])
        expect(await halyard(args, environment), args.join(' ')).to.deep.equal({ code: 0, out: '', err: '' });
    } finally {
      await service.kill();
    }
    const { code, err } = await halyard(['healthcheck'], environment);
    expect(code).to.equal(1);
    expect(err).to.match(/^halyard: .*ECONNREFUSED/);
  });

  it('is alive and not ready while the log is unreachable', async () => {
    const service = await ServiceProcess.start({ UPDATE_LOG: 'nats', NATS_URL: 'nats://127.0.0.1:1' });
    const environment = { SSE_AUTHENTICATION_TOKEN: SECRET, LISTEN_ADDR: `127.0.0.1:${service.port}` };
    try {
      expect((await halyard(['healthcheck'], environment)).code).to.equal(0);
      const ready = await halyard(['healthcheck', 'ready'], environment);
      expect([ready.code, ready.err]).to.deep.equal([1, 'halyard: /readyz answered 503, not 200\n']);
    } finally {
      await service.kill();
    }
  });
});
