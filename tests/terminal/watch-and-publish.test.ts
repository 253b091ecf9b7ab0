import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/servers/free-port.ts';
import { startService, type RunningService, TOKEN } from '../support/servers/running-service.ts';
import { Halyard } from './halyard.ts';

const SECRET = { SSE_AUTHENTICATION_TOKEN: TOKEN };

describe('halyard watch and halyard publish', function () {
  // Each test starts one or two processes, on a machine that may be busy.
  this.timeout(60_000);

  let service: RunningService;
  let url: string;
  before(async () => {
    service = await startService();
    url = `http://127.0.0.1:${service.port}`;
  });
  after(() => service?.stop());

  it('show an update, with its age', async () => {
    const watch = new Halyard(['watch', url, 'abcxyz']);
    await watch.prints('connected');
    const published = await Halyard.run(['publish', `${url}/`, 'abcxyz'], SECRET);
    expect([published.code, published.err]).to.deep.equal([0, '']);
    expect(published.out).to.match(/^\d{10}\.\d{6}\n$/);
    await watch.prints(
      new RegExp(String.raw`environment_updated  \{"updated_at":${published.out.trim()}\}  age \d+\.\d{3} s\n`),
    );
    expect(await watch.end()).to.equal(0);
  });

  it('show a time in any form that queue-change accepts, with all of its digits', async () => {
    const watch = new Halyard(['watch', url, 'forms', '--json']);
    await watch.prints('"opened"');
    const { out } = await Halyard.run(['publish', url, 'forms', '2099-12-06T12:08:34.079725+00:00'], SECRET);
    expect(out).to.equal('4100242114.079725\n');
    await watch.prints('4100242114.079725');
    const { out: counter } = await Halyard.run(['publish', url, 'forms', '123'], SECRET);
    expect(counter).to.equal('123\n');
    await watch.prints('"updated_at":123}'.replaceAll('"', String.raw`\"`));
    const [opened, first, second] = watch.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(opened).to.include({ kind: 'opened' });
    expect(first).to.include({ kind: 'event', name: 'environment_updated', data: '{"updated_at":4100242114.079725}' });
    expect(first?.['ageSeconds']).to.be.lessThan(0);
    expect(first?.['id']).to.match(/-4100242114\.079725$/);
    expect(second).not.to.have.property('ageSeconds');
    await watch.end('SIGTERM');
  });

  it('read the token from a file, and warn of one on the command line', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'halyard-token-'));
    try {
      await writeFile(join(dir, 'token'), `${TOKEN}\n`);
      const fromFile = await Halyard.run(['publish', url, 'abcxyz', '7', '--token-file', join(dir, 'token')]);
      expect(fromFile).to.deep.equal({ code: 0, out: '7\n', err: '' });
      const missing = await Halyard.run(['publish', url, 'abcxyz', '7', '--token-file', join(dir, 'none')]);
      expect([missing.code, missing.out]).to.deep.equal([1, '']);
      expect(missing.err).to.match(/^halyard: --token-file cannot be read: ENOENT/);
    } finally {
      await rm(dir, { recursive: true });
    }
    const fromOption = await Halyard.run(['publish', url, 'abcxyz', '8', '--token', TOKEN]);
    expect([fromOption.code, fromOption.out]).to.deep.equal([0, '8\n']);
    expect(fromOption.err).to.match(
      /^halyard: every user that can list the processes of this machine can read --token/,
    );
    expect(fromOption.err).not.to.include(TOKEN);
  });

  const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no URL', ['watch'], /an argument is missing\nUsage: halyard watch URL/],
    ['an argument too many', ['watch', 'http://127.0.0.1', 'a', 'b'], /too many arguments: b\nUsage/],
    ['an unknown option', ['watch', 'http://127.0.0.1', 'a', '--fast'], /--fast'[^]*Usage/],
    ['a URL without a scheme', ['watch', 'localhost:8080', 'a'], /invalid URL: localhost:8080\. Expected/],
    ['a key with a blank', ['publish', 'http://127.0.0.1', 'a b'], /invalid environment key: a b/],
    ['no token', ['publish', 'http://127.0.0.1', 'a'], /a token is needed/],
    ['an invalid time', ['publish', 'http://127.0.0.1', 'a', 'now', '--token', 'x'], /invalid time: it /],
  ];
  for (const [name, args, expected] of MISTAKES)
    it(`end with 1 and a clear error for ${name}`, async () => {
      const { code, out, err } = await Halyard.run(args);
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.match(expected);
    });

  it('print what the service answered, or why it cannot be reached', async () => {
    const refused = await Halyard.run(['publish', url, 'abcxyz'], { SSE_AUTHENTICATION_TOKEN: 'wrong' });
    expect(refused.code).to.equal(1);
    expect(refused.err).to.match(/^halyard: the service answered 401: .*unauthorized/);
    const gone = await Halyard.run(['publish', `http://127.0.0.1:${await freePort()}`, 'abcxyz'], SECRET);
    expect(gone.code).to.equal(1);
    expect(gone.err).to.match(/^halyard: the service cannot be reached: .*ECONNREFUSED/);
  });

  it('watch continues after an end, a cut and a refusal, and waits as long as the service asks', async () => {
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('retry: 10\n\ndata: 1\n\n'),
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('data: 2\n\n', () => response.destroy());
      },
      (response) => response.writeHead(503).end('full'),
      (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 3\n\n'),
    ];
    const server = createServer((_, response) => answers.shift()?.(response)).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const watch = new Halyard(['watch', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'abcxyz']);
      await watch.prints('message  3\n');
      const said = watch.lines.map((line) => line.slice(14));
      expect(said[2]).to.equal('disconnected: the stream ended. Reconnecting in 0.0 s.');
      expect(said[5]).to.match(/^disconnected: .+\. Reconnecting in 0\.0 s\.$/);
      expect(said[6]).to.equal('disconnected: refused with 503: full. Reconnecting in 0.0 s.');
      expect(said.filter((line) => line.startsWith('message'))).to.deep.equal([
        'message  1',
        'message  2',
        'message  3',
      ]);
      expect(await watch.end()).to.equal(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
