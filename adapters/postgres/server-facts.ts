import { countIn } from '../common/untrusted.ts';
import type { Row, Session } from './session.ts';
import { NOW } from './update-table.ts';

/** Facts about the server and our session. */
export interface ServerFacts {
  readonly version: string;
  readonly pid: number;
  readonly nowMs: number;
  /** `stored` would not mean on disk. */
  readonly commitsAsynchronously: boolean;
  /** `fsync` is off: a crash of the machine may lose anything. */
  readonly skipsDisk: boolean;
}

/** The first version with everything that is used here, above all `tcp_user_timeout`. */
const OLDEST = 120_000;

const HELLO = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
  pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only,
  current_setting('lock_timeout') = '1s' AND current_setting('transaction_isolation') = 'read committed' AS ours,
  current_setting('synchronous_commit') = 'off' AS asynchronous, current_setting('fsync') = 'off' AS unsynced,
  pg_backend_pid() AS pid, (${NOW})::text AS now_ms`;

/**
 * Checks a server before it is used.
 *
 * @throws Error with the reason why it cannot be used: its age, read-only, a pooler in front
 */
export async function serverFacts(session: Session): Promise<ServerFacts> {
  const [row = {}] = await session.query({ text: HELLO });
  const wrong = unfitness(row);
  if (wrong !== undefined) throw new Error(wrong);
  return {
    version: String(row['version']),
    pid: Number(row['pid']),
    nowMs: countIn(row['now_ms']) ?? NaN,
    commitsAsynchronously: row['asynchronous'] === true,
    skipsDisk: row['unsynced'] === true,
  };
}

function unfitness({ version, number, standby, read_only: readOnly, ours }: Row): string | undefined {
  if (Number(number) < OLDEST) return `is PostgreSQL ${String(version)}; the oldest supported version is 12`;
  if (standby === true) return 'is a standby, which cannot be written to: name the primary as well';
  if (readOnly === true) return 'is read-only (default_transaction_read_only)';
  if (ours !== true) return `${POOLER}: it has dropped the settings of our session`;
  return undefined;
}

export const POOLER =
  'is behind a pooler that shares sessions, as PgBouncer does: give the address of PostgreSQL itself';

/** Explains an error at the beginning of a session, if the server's own words do not. */
export function startUpReason(message: string): string {
  if (/unsupported startup parameter/i.test(message)) return `${POOLER} (${message})`;
  if (message.includes('"tcp_user_timeout"')) return `is older than PostgreSQL 12 (${message})`;
  return message;
}
