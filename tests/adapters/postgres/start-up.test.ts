import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { serverFacts, startUpReason } from '../../../adapters/postgres/server-facts.ts';
import type { Session } from '../../../adapters/postgres/session.ts';
import { RecordedFollower } from '../../../infrastructure/contract/recorded-follower.ts';
import { eventually } from '../../support/eventually.ts';
import { env, time } from '../../support/memory/memory-instance.ts';
import { openPostgresLog } from '../../support/memory/open-postgres-log.ts';
import { makeCertificate } from '../../support/servers/certificate.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { PgBouncer } from '../../support/servers/pgbouncer.ts';
import { POSTGRES } from '../../support/servers/postgres-frames.ts';
import { PostgresServer } from '../../support/servers/postgres-server.ts';
import { TcpProxy } from '../../support/servers/tcp-proxy.ts';

type Opened = ReturnType<typeof openPostgresLog>;
type Options = Parameters<typeof openPostgresLog>[0];

describe('What is wrong with a PostgreSQL at the start', () => {
  let server: PostgresServer;
  const opened: Opened[] = [];
  before(async () => void (server = await PostgresServer.start()));
  after(() => server.close());
  afterEach(() => Promise.all(opened.splice(0).map(({ log }) => log.close())));

  function open(options: Options): Opened & { readonly follower: RecordedFollower } {
    const log = openPostgresLog(options);
    opened.push(log);
    const follower = new RecordedFollower();
    log.log.follow(follower);
    return { ...log, follower };
  }

  /** What it reports if it cannot be used: the reasons of its first error lines. */
  async function complaint(options: Options, about: RegExp): Promise<void> {
    const { logger, log, follower } = open(options);
    const reasons = (): readonly string[] => logger.of('postgres_error').map(({ reason }) => String(reason));
    await eventually(
      () => `the log says ${about.source}; so far: ${reasons().join('; ')}`,
      () => reasons().some((reason) => about.test(reason)),
    );
    expect(follower.isCaughtUp).to.equal(false);
    await log.close();
  }

  /** How the log describes its table, once it can be used. */
  async function ready(options: Options): Promise<Opened> {
    const log = open(options);
    await log.follower.untilCaughtUp();
    return log;
  }

  describe('is reported:', () => {
    it('no server listens', async () => {
      const port = await freePort();
      await complaint({ url: server.urlOf({ port }) }, new RegExp(`^127\\.0\\.0\\.1:${port} .*ECONNREFUSED`));
    });

    it('a host without an address', () =>
      complaint(
        { url: 'postgres://me@no-such-host.invalid/x' },
        /^no-such-host\.invalid:5432 .*(ENOTFOUND|EAI_AGAIN)/,
      ));

    it('a server that is not PostgreSQL', async () => {
      const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as { port: number };
      try {
        await complaint({ url: server.urlOf({ port }) }, new RegExp(`^127\\.0\\.0\\.1:${port} `));
      } finally {
        other.close();
      }
    });

    it('a missing database', () =>
      complaint({ url: server.urlOf({ database: 'none' }) }, /database "none" does not exist/));

    it('a database that is read-only', async () => {
      const database = await server.createDatabase();
      await server.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
      await complaint({ url: server.urlOf({ database }) }, /is read-only/);
    });

    it('a table with other columns', async () => {
      await server.query(
        'CREATE SCHEMA other; CREATE TABLE other.update_log (environment text PRIMARY KEY, sequence int)',
      );
      await complaint(
        { url: server.url, schema: 'other' },
        /"other"\.update_log has the wrong columns: wanted updated_at text not null, it is missing; wanted sequence bigint not null, is sequence integer/,
      );
    });

    it('a column that requires a value from us', async () => {
      await ready({ url: server.url, schema: 'wanting' });
      await server.query('ALTER TABLE wanting.update_log ADD mine text, ADD more int NOT NULL DEFAULT 1');
      await ready({ url: server.url, schema: 'wanting' });
      await server.query('ALTER TABLE wanting.update_log ADD yours text NOT NULL');
      await complaint({ url: server.url, schema: 'wanting' }, /has the wrong columns: yours wants a value/);
    });

    it('a table without its key', async () => {
      await ready({ url: server.url, schema: 'keyless' });
      await server.query('ALTER TABLE keyless.update_log DROP CONSTRAINT update_log_pkey');
      await complaint({ url: server.url, schema: 'keyless' }, /has no primary key on the column environment/);
    });

    it('a view instead of the table', async () => {
      await server.query('CREATE SCHEMA viewed; CREATE VIEW viewed.update_log AS SELECT 1 AS environment');
      await complaint({ url: server.url, schema: 'viewed' }, /"viewed"\.update_log is not a table/);
    });

    it('a version that is too old', async () => {
      const old = { version: '11.22', number: 110022, standby: false, read_only: false, ours: true };
      const session = { query: () => Promise.resolve([old]) } as unknown as Session;
      expect(await serverFacts(session).catch(String)).to.equal(
        'Error: is PostgreSQL 11.22; the oldest supported version is 12',
      );
      // An even older one refuses the session itself.
      const refusal = 'unrecognized configuration parameter "tcp_user_timeout"';
      expect(startUpReason(refusal)).to.equal(`is older than PostgreSQL 12 (${refusal})`);
    });
  });

  it('is that it is a standby, unless the primary is named as well', async () => {
    const primary = await PostgresServer.start();
    const standby = await PostgresServer.standbyOf(primary);
    try {
      await complaint({ url: standby.url }, new RegExp(`^127\\.0\\.0\\.1:${standby.port} is a standby`));
      const both = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/postgres`;
      const { logger } = await ready({ url: both });
      expect(logger.of('postgres_connected')).to.deep.equal([
        { server: `127.0.0.1:${primary.port}`, version: logger.of('postgres_connected')[0]?.version },
      ]);
    } finally {
      await Promise.all([standby.close(), primary.close()]);
    }
  });

  describe('is a missing right:', () => {
    let database: string;
    let url: string;
    before(async () => {
      database = await server.createDatabase();
      await server.query('CREATE ROLE app LOGIN');
      url = server.urlOf({ user: 'app', database });
    });

    const asOwner = (statement: string) => server.query(statement, [], database);

    it('to create the schema', () =>
      complaint({ url }, /the schema halyard is missing, and so is the right CREATE on the database/));

    it('to create the table', async () => {
      await asOwner('CREATE SCHEMA halyard');
      await complaint({ url }, /"halyard"\.update_log is missing, and so is the right CREATE on its schema/);
    });

    it('to use the schema, and then each right on the table, until none is missing', async () => {
      await ready({ url: server.urlOf({ database }) });
      await complaint({ url }, /the right USAGE on the schema halyard is missing/);
      await asOwner('GRANT USAGE ON SCHEMA halyard TO app');
      await complaint({ url }, /the right SELECT, INSERT, UPDATE, DELETE on "halyard"\.update_log is missing/);
      await asOwner('GRANT SELECT, INSERT, UPDATE ON halyard.update_log TO app');
      await complaint({ url }, /the right DELETE on "halyard"\.update_log is missing/);
      await asOwner('GRANT DELETE ON halyard.update_log TO app');
      const { log } = await ready({ url });
      expect(log.status()).to.deep.equal({ connected: true, durable: true });
    });
  });

  it('is not that several create the table at once', async () => {
    const logs = Array.from({ length: 6 }, () => open({ url: server.url, schema: 'crowd' }));
    await Promise.all(logs.map(({ follower }) => follower.untilCaughtUp()));
    expect(logs.flatMap(({ logger }) => logger.of('postgres_error'))).to.deep.equal([]);
  });

  describe('is a pooler that shares sessions:', () => {
    let bouncer: PgBouncer | undefined;
    afterEach(async () => {
      await bouncer?.close();
      bouncer = undefined;
    });

    async function bouncerUrl(mode: 'session' | 'transaction', settings?: string): Promise<string> {
      bouncer = await PgBouncer.start(server.port, mode, settings);
      return server.urlOf({ port: bouncer.port });
    }

    it('it refuses our settings', async () =>
      complaint(
        { url: await bouncerUrl('transaction') },
        /is behind a pooler that shares sessions.*unsupported startup parameter/,
      ));

    it('it drops our settings', async () =>
      complaint(
        { url: await bouncerUrl('transaction', 'ignore_startup_parameters = options') },
        /is behind a pooler that shares sessions.*it has dropped the settings of our session/,
      ));

    it('it has the same settings by chance', async () => {
      const database = await server.createDatabase();
      for (const setting of ["lock_timeout = '1s'", "default_transaction_isolation = 'read committed'"])
        await server.query(`ALTER DATABASE ${database} SET ${setting}`);
      bouncer = await PgBouncer.start(server.port, 'transaction', 'ignore_startup_parameters = options');
      const url = server.urlOf({ port: bouncer.port, database });
      await complaint({ url }, /^unproved: .* is behind a pooler that shares sessions/);
    });
  });

  describe('is a password', () => {
    let guarded: PostgresServer;
    before(async () => {
      guarded = await PostgresServer.start({ hba: 'host all postgres all trust\nhost all all all scram-sha-256\n' });
      await guarded.query("CREATE ROLE app LOGIN PASSWORD 'right one'; GRANT CREATE ON DATABASE postgres TO app");
    });
    after(() => guarded.close());

    it('that is missing, or wrong, and is not shown', async () => {
      await complaint({ url: guarded.urlOf({ user: 'app' }) }, /password must be a non-empty string/);
      const { logger, log } = open({ url: guarded.urlOf({ user: 'app', password: 'wrong one' }) });
      await eventually('the log says so', () => logger.of('postgres_error').length > 0);
      expect(logger.of('postgres_error')[0]?.reason).to.match(/password authentication failed for user "app"/);
      expect(JSON.stringify(logger.lines)).not.to.include('wrong one');
      await log.close();
    });

    it('from its own variable, if the URL has none', async () => {
      await ready({ url: guarded.urlOf({ user: 'app' }), password: 'right one' });
    });

    it('and not one that psql would find', async () => {
      process.env.PGPASSWORD = 'right one';
      try {
        await complaint({ url: guarded.urlOf({ user: 'app' }) }, /password must be a non-empty string/);
      } finally {
        delete process.env.PGPASSWORD;
      }
    });
  });

  describe('is its durability:', () => {
    it('synchronous_commit that is off is turned on for our sessions', async () => {
      const database = await server.createDatabase();
      await server.query(`ALTER DATABASE ${database} SET synchronous_commit = off`);
      const { logger, log } = await ready({ url: server.urlOf({ database }) });
      const effects = logger.of('postgres_not_durable').flatMap((line) => line.effects);
      expect(effects).to.include('synchronous_commit is off: Halyard turns it on for its own sessions');
      expect(log.status().durable).to.equal(true);
    });

    it('an unlogged table has no durability', async () => {
      await ready({ url: server.url, schema: 'unlogged' });
      await server.query('ALTER TABLE unlogged.update_log SET UNLOGGED');
      const { logger, log } = await ready({ url: server.url, schema: 'unlogged' });
      const effects = logger.of('postgres_not_durable').flatMap((line) => line.effects);
      expect(effects).to.include('the table is unlogged: a crash of PostgreSQL empties it');
      expect(log.status().durable).to.equal(false);
    });
  });

  describe('is TLS:', () => {
    const authority = makeCertificate({ commonName: 'authority' });
    let secure: PostgresServer;
    let folder: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'halyard-postgres-tls-'));
      secure = await PostgresServer.start({
        tls: makeCertificate({ names: ['localhost'], addresses: ['127.0.0.1'], issuer: authority }),
        clientAuthority: authority.cert,
        hba: 'host all postgres all trust\nhostssl all app all cert\n',
      });
      await secure.query('CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE postgres TO app');
    });
    after(async () => {
      await secure.close();
      rmSync(folder, { recursive: true });
    });

    function put(name: string, content: string): string {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    }

    /** Whether the sessions of a log on this URL are encrypted. */
    async function isEncrypted(url: string, schema = 'halyard'): Promise<boolean> {
      const { log } = await ready({ url, schema });
      const rows = await secure.query<{ ssl: boolean }>(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'halyard %'",
      );
      await log.close();
      expect(rows).to.have.length(2);
      expect(rows[0]?.ssl).to.equal(rows[1]?.ssl);
      return rows[0]?.ssl === true;
    }

    const urlOf = (parameters: Record<string, string>, user = 'postgres'): string => secure.urlOf({ user, parameters });

    it('each mode of libpq does what libpq does', async () => {
      const sslrootcert = put('ca.pem', authority.cert);
      expect(await isEncrypted(urlOf({ sslmode: 'disable' }))).to.equal(false);
      expect(await isEncrypted(urlOf({ sslmode: 'allow' }))).to.equal(false);
      for (const sslmode of ['prefer', 'require'])
        expect(await isEncrypted(urlOf({ sslmode })), sslmode).to.equal(true);
      for (const sslmode of ['require', 'verify-ca', 'verify-full'])
        expect(await isEncrypted(urlOf({ sslmode, sslrootcert })), sslmode).to.equal(true);
    });

    it('the authority is a different one', async () => {
      const sslrootcert = put('other.pem', makeCertificate({ commonName: 'other' }).cert);
      for (const sslmode of ['require', 'verify-ca', 'verify-full'])
        await complaint({ url: urlOf({ sslmode, sslrootcert }) }, /unable to verify|self-signed certificate/);
      await complaint(
        { url: urlOf({ sslmode: 'verify-full', sslrootcert: 'system' }) },
        /unable to verify|self-signed/,
      );
    });

    it('the name is a different one, which only verify-full refuses', async () => {
      const sslrootcert = put('ca.pem', authority.cert);
      const named = await PostgresServer.start({
        tls: makeCertificate({ addresses: ['127.0.0.2'], issuer: authority }),
      });
      try {
        const url = (sslmode: string): string => named.urlOf({ parameters: { sslmode, sslrootcert } });
        await complaint({ url: url('verify-full') }, /does not match|not in the cert/);
        await ready({ url: url('verify-ca') });
      } finally {
        await Promise.all(opened.splice(0).map(({ log }) => log.close()));
        await named.close();
      }
    });

    it('the server has none', async () => {
      expect(await isReady(server.urlOf({ parameters: { sslmode: 'prefer' } }))).to.equal(true);
      await complaint({ url: server.urlOf({ parameters: { sslmode: 'require' } }) }, /does not support SSL/);
    });

    it('the server accepts no user in clear text, so allow and prefer use TLS', async () => {
      const client = makeCertificate({ commonName: 'app', issuer: authority });
      const files = { sslcert: put('app.pem', client.cert), sslkey: put('app.key', client.key) };
      await complaint({ url: urlOf({ sslmode: 'disable' }, 'app') }, /no pg_hba\.conf entry/);
      for (const sslmode of ['allow', 'prefer', 'require'])
        expect(await isEncrypted(urlOf({ sslmode, ...files }, 'app'), 'apps'), sslmode).to.equal(true);
      await complaint({ url: urlOf({ sslmode: 'require' }, 'app') }, /connection requires a valid client certificate/);
    });

    it('a network that swallows everything is noticed as without TLS', async () => {
      const proxy = await TcpProxy.start(secure.port, POSTGRES);
      try {
        const url = secure.urlOf({ port: proxy.port, parameters: { sslmode: 'require' } });
        const { log, follower } = open({ url });
        await follower.untilCaughtUp();
        proxy.blackHole();
        const held = await log.append(env('home'), time(1), { timeoutMs: 200 });
        expect(held.kind).to.equal('unavailable');
        await follower.untilLost('silent');
        await proxy.heal();
        await follower.untilCaughtUp();
        await eventually('it is stored', async () => {
          const outcome = await log.append(env('home'), time(2), { timeoutMs: 5000 });
          return outcome.kind === 'stored';
        });
        await follower.untilLast(env('home'), '2');
        expect(follower.values(env('home'))).to.deep.equal(['2']);
        await log.close();
      } finally {
        await proxy.close();
      }
    });

    async function isReady(url: string): Promise<boolean> {
      return (await ready({ url })).log.status().connected;
    }
  });
});
