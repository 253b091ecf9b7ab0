import { PostgresServer } from '../tests/support/servers/postgres-server.ts';
import type { LogServer } from './log-server.ts';

/** A real PostgreSQL that writes each change to disk before it answers, which is its default. */
export async function withPostgres<T>(task: (postgres: LogServer) => Promise<T>): Promise<T> {
  const server = await PostgresServer.start({ settings: { fsync: 'on', shared_buffers: '128MB' } });
  try {
    return await task({
      env: { UPDATE_LOG: 'postgres', POSTGRES_URL: server.url },
      cpuUs: () => server.cpuUs(),
    });
  } finally {
    await server.close();
  }
}
