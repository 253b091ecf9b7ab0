import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { StreamClient } from '../../support/clients/stream-client.ts';
import { ROOT } from '../../support/documents/repository.ts';
import { PostgresServer } from '../../support/servers/postgres-server.ts';
import { startService } from '../../support/servers/running-service.ts';

const run = promisify(execFile);

/** Makes the log of a configuration, and prints whether the client library of PostgreSQL has been loaded. */
const SCRIPT = `
  import { createRequire } from 'node:module';
  const { readConfig, composeService, TOKENS } = await import('./dist/infrastructure/exports/halyard.js');
  const log = composeService(readConfig(process.env)).get(TOKENS.log);
  if (process.env.APPEND) await log.append('home', '1', { timeoutMs: 5000, expectedSequence: 0 });
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  console.log(loaded.some((path) => path.includes('/node_modules/pg/')));
  await log.close();
`;

describe('A service on PostgreSQL', () => {
  let server: PostgresServer;
  before(async () => void (server = await PostgresServer.start()));
  after(() => server.close());

  it("needs two variables, and its instances receive each other's changes", async () => {
    const environment = { UPDATE_LOG: 'postgres', POSTGRES_URL: server.url };
    const [first, second] = [await startService(environment), await startService(environment)];
    const client = await StreamClient.open(second.port, 'abc');
    // The log is reached a moment after the port.
    while ((await first.publish('abc', 1)).status !== 200);
    await client.hears('1');
    expect((await second.publish('abc', 2)).status).to.equal(200);
    await client.hears('2');
    const later = await StreamClient.open(first.port, 'abc');
    await later.hears('2');
    for (const stream of [client, later]) stream.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  it('loads its client library only if this log is chosen and used', async () => {
    const loads = async (environment: Record<string, string>): Promise<string> => {
      const env = { PATH: process.env.PATH, SSE_AUTHENTICATION_TOKEN: 'x', LOG_LEVEL: 'silent', ...environment };
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', SCRIPT], { cwd: ROOT, env });
      return stdout.trim();
    };
    const postgres = { UPDATE_LOG: 'postgres', POSTGRES_URL: server.url };
    expect(await loads({ UPDATE_LOG: 'memory', APPEND: '1' })).to.equal('false');
    expect(await loads({ UPDATE_LOG: 'nats' })).to.equal('false');
    expect(await loads(postgres)).to.equal('false');
    expect(await loads({ ...postgres, APPEND: '1' })).to.equal('true');
  });
});
