import { expect } from 'chai';
import { RecordedFollower } from '../../../infrastructure/contract/recorded-follower.ts';
import { parseEnvironmentId } from '../../../domain/environment-id.ts';
import { parseUpdatedAt } from '../../../domain/updated-at.ts';
import { codeBlocks } from '../../support/documents/code-blocks.ts';
import { readDocument } from '../../support/documents/repository.ts';
import { openPostgresLog } from '../../support/memory/open-postgres-log.ts';
import { PostgresServer } from '../../support/servers/postgres-server.ts';

/** The user of the statements needs the password; the superuser does not. */
const HBA = 'host all postgres all trust\nhost all all all scram-sha-256\n';

describe('The statements of docs/postgres.md', () => {
  let server: PostgresServer;
  before(async () => void (server = await PostgresServer.start({ hba: HBA })));
  after(() => server.close());

  const blocks = codeBlocks(readDocument('docs/postgres.md')).get('Set it up') ?? [];
  const statements = blocks.find(({ language }) => language === 'sql')?.text ?? '';

  it('make a table and a user with all the rights that the service needs', async () => {
    expect(statements).to.include('CREATE TABLE halyard.update_log');
    await server.query(statements);
    const password = /PASSWORD '(.*)'/.exec(statements)?.[1] ?? '';
    const { log, logger } = openPostgresLog({ url: server.urlOf({ user: 'halyard', password }) });
    try {
      const follower = new RecordedFollower();
      log.follow(follower);
      await follower.untilCaughtUp();
      const [environment, updatedAt] = [parseEnvironmentId('abc'), parseUpdatedAt('1')];
      if (environment === undefined || typeof updatedAt !== 'string') throw new Error('not an update');
      expect((await log.append(environment, updatedAt, { timeoutMs: 10_000 })).kind).to.equal('stored');
      await follower.untilLast(environment, '1');
      expect(logger.of('postgres_error')).to.deep.equal([]);
      expect(logger.of('postgres_table_made'), 'the table is the one of the statements').to.deep.equal([]);
    } finally {
      await log.close();
    }
  });

  it('make the same table as the service does', async () => {
    const { log } = openPostgresLog({ url: server.url, schema: 'made' });
    try {
      const follower = new RecordedFollower();
      log.follow(follower);
      await follower.untilCaughtUp();
    } finally {
      await log.close();
    }
    expect(await described('halyard')).to.deep.equal(await described('made'));
  });

  /** Its columns, its key, and how it is stored. */
  async function described(schema: string): Promise<unknown> {
    const [table] = await server.query(
      `SELECT c.reloptions AS options, c.relpersistence AS persistence,
         array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||
           coalesce(l.collname, '-') ORDER BY a.attnum) AS columns,
         (SELECT array_agg(pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p') AS key
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
       WHERE c.oid = to_regclass($1) AND a.attnum > 0 GROUP BY c.oid`,
      [`${schema}.update_log`],
    );
    expect(table?.columns).to.have.length(7);
    return table;
  }
});
