import { expect } from 'chai';
import type { NatsFiles } from '../../../adapters/nats/nats-files.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { env, time } from '../../support/memory/memory-instance.ts';
import { NatsIdentityFiles } from '../../support/servers/nats-identity-files.ts';
import { NatsOperator } from '../../support/servers/nats-operator.ts';
import { NatsServer } from '../../support/servers/nats-server.ts';
import { openNatsLog } from '../../support/memory/open-nats-log.ts';
import { RecordedFollower } from '../../support/memory/recorded-follower.ts';

const CEILING_MS = 30_000;

describe('NATS with security', () => {
  const closing: { close(): Promise<void> }[] = [];
  let files: NatsIdentityFiles;

  beforeEach(() => {
    files = new NatsIdentityFiles();
    closing.push(files);
  });
  afterEach(async () => {
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  async function start(config: string): Promise<NatsServer & { monitor: string }> {
    const monitorPort = await freePort();
    const server = await NatsServer.start({ config: `http: "127.0.0.1:${monitorPort}"\n${config}` });
    closing.push(server);
    return Object.assign(server, { monitor: `http://127.0.0.1:${monitorPort}/connz` });
  }

  function open(url: string, natsFiles: NatsFiles = {}) {
    const opened = openNatsLog({ url, files: natsFiles });
    closing.push(opened.log);
    const follower = new RecordedFollower();
    opened.log.follow(follower);
    const reasons = () => opened.logger.of('nats_error').map(({ reason }) => String(reason));
    return { ...opened, follower, reasons };
  }

  async function works({ log, follower }: ReturnType<typeof open>): Promise<void> {
    await follower.untilCaughtUp();
    expect((await log.append(env('home'), time(1), { timeoutMs: 10_000 })).kind).to.equal('stored');
  }

  async function isRefused({ log, telemetry }: ReturnType<typeof open>): Promise<void> {
    await eventually('two dials failed', () => telemetry.count('logError.connect') >= 2, CEILING_MS);
    expect(log.status().connected).to.equal(false);
  }

  /** Whether the server's one connection is encrypted, as the server sees it. */
  async function isEncrypted(server: { monitor: string }): Promise<boolean> {
    const { connections } = (await (await fetch(server.monitor)).json()) as { connections: { tls_version?: string }[] };
    expect(connections).to.have.length(1);
    return connections[0]?.tls_version !== undefined;
  }

  describe('with TLS', () => {
    const modes = {
      required: () => files.tls(),
      optional: () => `${files.tls()}\nallow_non_tls: true`,
      none: () => '',
    };
    for (const [mode, config] of Object.entries(modes))
      for (const host of ['localhost', '127.0.0.1']) {
        const isOffered = mode !== 'none';

        it(`${mode}: nats://${host} is in clear text unless the server requires TLS`, async () => {
          const server = await start(config());
          const opened = open(`nats://${host}:${server.port}`);
          // The certificate is from an authority that is unknown here.
          if (mode === 'required') {
            await isRefused(opened);
            expect(opened.reasons().join()).to.match(/certificate/);
            return;
          }
          await works(opened);
          expect(await isEncrypted(server)).to.equal(false);
        });

        it(`${mode}: tls://${host} is never in clear text`, async () => {
          const server = await start(config());
          const opened = open(`tls://${host}:${server.port}`, files.ca);
          if (!isOffered) {
            await isRefused(opened);
            expect(opened.reasons().join()).to.match(/does not support 'tls'/);
            return;
          }
          await works(opened);
          expect(await isEncrypted(server)).to.equal(true);
        });

        it(`${mode}: nats://${host} with an authority is never in clear text`, async () => {
          const server = await start(config());
          const opened = open(`nats://${host}:${server.port}`, files.ca);
          if (!isOffered) return isRefused(opened);
          await works(opened);
          expect(await isEncrypted(server)).to.equal(true);
        });
      }

    it('rejects a certificate for another name or address', async () => {
      files.issue('other', { names: ['nats.example'], addresses: ['10.0.0.1'] });
      const server = await start(`${files.tls('', 'other')}\nallow_non_tls: true`);
      for (const host of ['localhost', '127.0.0.1']) {
        const opened = open(`tls://${host}:${server.port}`, files.ca);
        await isRefused(opened);
        expect(opened.reasons().join()).to.match(/altnames/);
      }
      // In clear text no certificate is checked.
      await works(open(`nats://localhost:${server.port}`));
    });

    it('shows its own certificate to a server that asks for one', async () => {
      const server = await start(files.tls(`ca_file: "${files.path('ca.crt')}", verify: true`));
      await works(open(`tls://localhost:${server.port}`, { ...files.ca, ...files.client }));
    });

    it('is refused without a certificate, or with one of another authority, and reports it', async () => {
      const server = await start(files.tls(`ca_file: "${files.path('ca.crt')}", verify: true`));
      const strangers = new NatsIdentityFiles();
      closing.push(strangers);
      for (const shown of [{}, strangers.client]) {
        const opened = open(`tls://localhost:${server.port}`, { ...files.ca, ...shown });
        await isRefused(opened);
        expect(opened.reasons().join()).to.match(/certificate|closed|ECONNRESET/i);
      }
    });

    it('reads its files again for each connection, so that all of them can be replaced', async () => {
      const config = () => files.tls(`ca_file: "${files.path('ca.crt')}", verify: true`);
      const server = await start(config());
      const opened = open(`tls://localhost:${server.port}`, { ...files.ca, ...files.client });
      await works(opened);
      await server.kill();
      await opened.follower.untilLost('disconnected');
      files.renew();
      await server.restart();
      await opened.follower.untilCaughtUp();
    });
  });

  describe('with decentralised credentials', () => {
    it('connects with a file of them, also over TLS', async () => {
      const operator = new NatsOperator();
      const server = await start(operator.config);
      const creds = files.put('user.creds', operator.credentials());
      await works(open(server.url, { NATS_CREDS_FILE: creds }));
      const secure = await start(`${operator.config}\n${files.tls()}`);
      await works(open(`tls://localhost:${secure.port}`, { NATS_CREDS_FILE: creds, ...files.ca }));
    });

    it('is refused without them, and with those of another operator', async () => {
      const server = await start(new NatsOperator().config);
      for (const given of [{}, { NATS_CREDS_FILE: files.put('user.creds', new NatsOperator().credentials()) }]) {
        const opened = open(server.url, given);
        await isRefused(opened);
        expect(opened.reasons().join()).to.match(/authorization violation/i);
      }
    });

    it('uses new ones when those that it connected with expire', async () => {
      const operator = new NatsOperator();
      const server = await start(operator.config);
      const path = files.put('user.creds', operator.credentials({ expiresAtMs: Date.now() + 1000 }));
      const opened = open(server.url, { NATS_CREDS_FILE: path });
      await works(opened);
      files.put('user.creds', operator.credentials());
      await opened.follower.untilLost('disconnected');
      await opened.follower.untilCaughtUp();
      expect(JSON.stringify(opened.logger.of('nats_disconnected'))).to.match(/expired/i);
    });

    it('reports seldom, without any part of them, that they became unusable, and uses them when they are fixed', async () => {
      const operator = new NatsOperator();
      const server = await start(operator.config);
      const creds = operator.credentials();
      const path = files.put('user.creds', creds);
      const opened = open(server.url, { NATS_CREDS_FILE: path });
      await works(opened);
      await server.kill();
      await opened.follower.untilLost('disconnected');
      const broken = creds.replace('\n------END NATS USER JWT------', '');
      files.put('user.creds', broken);
      await server.restart();
      await eventually('it was tried', () => opened.reasons().some((reason) => reason.includes('NATS_CREDS_FILE')));
      const tries = opened.telemetry.count('logError.connect');
      await eventually('more tries', () => opened.telemetry.count('logError.connect') >= tries + 3, CEILING_MS);
      const kinds = opened.logger.kindsOf('nats_error');
      expect(kinds.filter((kind) => kind?.includes('NATS_CREDS_FILE'))).to.have.length(1);
      files.put('user.creds', creds);
      await opened.follower.untilCaughtUp();
      const logged = JSON.stringify(opened.logger.lines);
      for (const line of creds.split('\n').filter((text) => /^[\w.-]{40,}$/.test(text)))
        expect(logged).not.to.include(line);
    });
  });
});
