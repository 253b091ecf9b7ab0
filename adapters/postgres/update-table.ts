import { countIn } from '../common/untrusted.ts';
import type { Row, Session, Statement } from './session.ts';

/** The clock of the server, in milliseconds since 1970: now, and not when the statement began. */
export const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** An update as it is to be stored. */
export interface NewRow {
  readonly environment: string;
  readonly updatedAt: string;
  readonly firstStoredAtMs: number | undefined;
  readonly expectedSequence: number | undefined;
  /** The last moment at which it may be stored, by the clock of the server. */
  readonly deadlineMs: number;
}

/** The table as it was found. */
export interface TableState {
  /** Its file on disk, which changes when the table is truncated or recreated. */
  readonly file: string;
  /** Whether its rows survive a crash of the server. */
  readonly logged: boolean;
  readonly made: boolean;
}

/** Rows of a page of the replay. */
export const PAGE = 500;
/** Rows that one statement removes: few enough to delay nothing. */
export const REMOVED_AT_ONCE = 1000;
/** Longer than the retention: a compare must still find the row that an instance believes to be the last. */
const REMOVED_AFTER_RETENTIONS = 2;

const COLUMNS = [
  'environment text not null',
  'updated_at text not null',
  'sequence bigint not null',
  'stored_at timestamp with time zone not null',
  'first_stored_ms bigint',
  'replaced bigint',
  'deadline_ms bigint',
];
const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
/** Any number that no other program uses in the database: instances that create the table wait for each other. */
const MAKING_LOCK = 4_702_111_837;

const FIELDS = `environment, updated_at, sequence::text AS sequence, first_stored_ms::text AS first_stored_ms,
  (floor(extract(epoch FROM stored_at) * 1000)::bigint)::text AS stored_ms`;

/**
 * The table of the updates: a row for each environment. The sequence of a row is a clock that always advances, so it
 * also grows after the row was removed or restored from a copy, and needs no counter object.
 *
 * `replaced` and `deadline_ms` carry the conditions of the append that wrote a row: the condition of an update sees the
 * existing row and the new row, and nothing else of the statement.
 */
export class UpdateTable {
  readonly #schema: string;
  readonly #name: string;
  readonly #retentionMs: number;
  readonly #append: string;
  /** What LISTEN and NOTIFY call it. */
  readonly channel: string;

  constructor(schema: string, retentionMs: number) {
    this.#schema = schema;
    this.#name = `"${schema}".update_log`;
    this.#retentionMs = retentionMs;
    this.channel = `${schema}.update_log`;
    this.#append = appendText(this.#name);
  }

  /**
   * Finds the table, or creates it if missing, and checks that it can be used.
   *
   * @throws Error that names what is missing: a part of the table, or one of our rights
   */
  async prepare(session: Session): Promise<TableState> {
    const found = await this.#find(session);
    if (found !== undefined) return { ...found, made: false };
    await this.#make(session);
    const made = await this.#find(session);
    if (made === undefined) throw new Error(`${this.#name} was created but cannot be found`);
    return { ...made, made: true };
  }

  async #find(session: Session): Promise<Omit<TableState, 'made'> | undefined> {
    const [row] = await session.query({ text: LOOK, values: [this.#schema, RIGHTS] });
    if (row === undefined) return undefined;
    const { kind, persistence, usage, lacking, columns, file } = row;
    if (usage !== true) throw new Error(`the right USAGE on the schema ${this.#schema} is missing`);
    const missingRights = textsOf(lacking);
    if (missingRights.length > 0) throw new Error(`the right ${missingRights.join(', ')} on ${this.#name} is missing`);
    if (kind !== 'r') throw new Error(`${this.#name} is not a table`);
    const differences = columnDifferences(textsOf(columns), textsOf(row['obligatory']));
    if (differences !== '') throw new Error(`${this.#name} has the wrong columns: ${differences}`);
    if (row['unique'] !== true) throw new Error(`${this.#name} has no primary key on the column environment`);
    return { file: String(file), logged: persistence === 'p' };
  }

  /** In one message, which is one transaction. The right to create a schema is only needed if it is missing. */
  async #make(session: Session): Promise<void> {
    const [row = {}] = await session.query({
      text: `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS schema,
        coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1),
          has_database_privilege(current_database(), 'CREATE')) AS may_make`,
      values: [this.#schema],
    });
    const hasSchema = row['schema'] === true;
    if (row['may_make'] !== true)
      throw new Error(
        hasSchema
          ? `${this.#name} is missing, and so is the right CREATE on its schema`
          : `the schema ${this.#schema} is missing, and so is the right CREATE on the database`,
      );
    await session.query({
      text: `SELECT pg_advisory_xact_lock(${MAKING_LOCK});
        ${hasSchema ? '' : `CREATE SCHEMA IF NOT EXISTS "${this.#schema}";`}
        CREATE TABLE IF NOT EXISTS ${this.#name} (environment text COLLATE "C" PRIMARY KEY, updated_at text NOT NULL,
          sequence bigint NOT NULL, stored_at timestamptz NOT NULL, first_stored_ms bigint, replaced bigint,
          deadline_ms bigint) WITH (fillfactor = 50);`,
    });
  }

  /** Stores what may be stored, and returns those rows: `environment`, `sequence` and `now_ms`. */
  append(rows: readonly NewRow[]): Statement {
    return {
      name: 'append',
      text: this.#append,
      values: [
        rows.map(({ environment }) => environment),
        rows.map(({ updatedAt }) => updatedAt),
        rows.map(({ firstStoredAtMs }) => firstStoredAtMs ?? null),
        rows.map(({ expectedSequence }) => expectedSequence ?? null),
        rows.map(({ deadlineMs }) => Math.floor(deadlineMs)),
        this.#retentionMs,
        this.channel,
      ],
    };
  }

  /** The rows of these environments, expired ones marked. */
  last(environments: readonly string[]): Statement {
    return {
      name: 'last',
      text: `SELECT ${FIELDS}, stored_at <= clock_timestamp() - $2::bigint * interval '1 millisecond' AS expired
        FROM ${this.#name} WHERE environment = ANY ($1::text[])`,
      values: [environments, this.#retentionMs],
    };
  }

  /** Those of these environments whose row another session holds, so that an append would wait. */
  locked(environments: readonly string[]): Statement {
    return {
      name: 'locked',
      text: `WITH free AS (SELECT environment FROM ${this.#name} WHERE environment = ANY ($1::text[])
          FOR UPDATE SKIP LOCKED)
        SELECT environment FROM ${this.#name} WHERE environment = ANY ($1::text[])
        EXCEPT SELECT environment FROM free`,
      values: [environments],
    };
  }

  /** The next rows of the replay, in the order of the key. */
  page(after: string): Statement {
    return {
      name: 'page',
      text: `SELECT ${FIELDS} FROM ${this.#name} WHERE environment > $1 COLLATE "C"
        AND stored_at > clock_timestamp() - $2::bigint * interval '1 millisecond'
        ORDER BY environment COLLATE "C" LIMIT ${PAGE}`,
      values: [after, this.#retentionMs],
    };
  }

  /** The file of the table, as `file`; null without a table. */
  file(): Statement {
    return { name: 'file', text: `SELECT pg_relation_filenode(to_regclass($1))::text AS file`, values: [this.#name] };
  }

  /** Removes some rows that no compare needs any more; the answer has a row for each. */
  remove(): Statement {
    return {
      name: 'remove',
      text: `DELETE FROM ${this.#name} WHERE environment IN (SELECT environment FROM ${this.#name}
        WHERE stored_at <= clock_timestamp() - $1::bigint * interval '1 millisecond'
        LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING 1 AS removed`,
      values: [this.#retentionMs * REMOVED_AFTER_RETENTIONS],
    };
  }

  now(): Statement {
    return { name: 'now', text: `SELECT (${NOW})::text AS now_ms` };
  }

  listen(): Statement {
    return { text: `LISTEN "${this.channel}"` };
  }

  notify(payload: string): Statement {
    return { name: 'notify', text: `SELECT pg_notify($1, $2)`, values: [this.channel, payload] };
  }
}

/** The state of the schema and the table; no row without a table. */
const LOOK = `SELECT c.relkind AS kind, c.relpersistence AS persistence, pg_relation_filenode(c.oid)::text AS file,
  has_schema_privilege(n.oid, 'USAGE') AS usage,
  ARRAY(SELECT wanted FROM unnest($2::text[]) AS wanted WHERE NOT has_table_privilege(c.oid, wanted)) AS lacking,
  ARRAY(SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
    FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS columns,
  ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    AND attnotnull AND NOT atthasdef AND attidentity = '' ORDER BY attnum) AS obligatory,
  EXISTS (SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
    WHERE indrelid = c.oid AND indisunique AND indisvalid AND indpred IS NULL AND indnkeyatts = 1
      AND attname = 'environment') AS unique
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE n.nspname = $1 AND c.relname = 'update_log'`;

/**
 * Any number of appends, with and without a condition. The rows are sorted, so that two statements lock them in the
 * same order. An expired row counts as missing. After a wait for a lock the time is checked again.
 */
function appendText(name: string): string {
  return `WITH stored AS (
    INSERT INTO ${name} AS kept (environment, updated_at, sequence, stored_at, first_stored_ms, replaced, deadline_ms)
    SELECT a.environment, a.updated_at, ${NOW}, clock_timestamp(), a.first_stored_ms, a.expected, a.deadline_ms
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
      AS a (environment, updated_at, first_stored_ms, expected, deadline_ms)
    WHERE ${NOW} <= a.deadline_ms AND (coalesce(a.expected, 0) = 0 OR EXISTS (
      SELECT FROM ${name} AS k WHERE k.environment = a.environment AND k.sequence = a.expected))
    ORDER BY a.environment COLLATE "C"
    ON CONFLICT (environment) DO UPDATE SET updated_at = excluded.updated_at,
      sequence = greatest(kept.sequence + 1, ${NOW}), stored_at = clock_timestamp(),
      first_stored_ms = excluded.first_stored_ms, replaced = excluded.replaced, deadline_ms = excluded.deadline_ms
    WHERE ${NOW} <= excluded.deadline_ms AND (excluded.replaced IS NULL OR kept.sequence = excluded.replaced
      OR excluded.replaced = 0 AND kept.stored_at <= clock_timestamp() - $6::bigint * interval '1 millisecond')
    RETURNING ${FIELDS})
  SELECT environment, sequence, (${NOW})::text AS now_ms, pg_notify($7,
    concat_ws(' ', environment, sequence, stored_ms, coalesce(first_stored_ms, '-'), updated_at)) FROM stored`;
}

/** Columns added by others are accepted if an insert need not give them a value. */
function columnDifferences(found: readonly string[], obligatory: readonly string[]): string {
  const wanted = COLUMNS.filter((column) => !found.includes(column)).map((column) => {
    const is = found.find((other) => nameOf(other) === nameOf(column));
    return `wanted ${column}, ${is === undefined ? 'it is missing' : `is ${is}`}`;
  });
  const names = COLUMNS.map(nameOf);
  const inTheWay = obligatory.filter((name) => !names.includes(name)).map((name) => `${name} wants a value`);
  return [...wanted, ...inTheWay].join('; ');
}

function nameOf(column: string): string {
  return column.split(' ')[0] ?? '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

/** The server's time in a row. */
export function nowIn(row: Row | undefined): number | undefined {
  return countIn(row?.['now_ms']);
}
