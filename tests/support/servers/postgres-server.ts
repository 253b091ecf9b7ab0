import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from '../eventually.ts';
import type { Certificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { giveToOrdinaryUser, ordinaryUser } from './ordinary-user.ts';
import { postgresPrograms, type PostgresVersion } from './postgres-programs.ts';
import { removedAtExit } from './removed-at-exit.ts';

const run = promisify(execFile);

/** The clients that may connect, as in pg_hba.conf: all on this machine. */
const TRUST = 'host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n';

const QUIET: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  dynamic_shared_memory_type: 'mmap',
  shared_buffers: '16MB',
  max_connections: '60',
  jit: 'off',
  // A process that is killed loses nothing by it; only a machine would.
  fsync: 'off',
};

type Settings = Readonly<Record<string, string>>;

export interface PostgresServerOptions {
  /** A version other than that of `POSTGRES_BIN` or the default, 15. */
  readonly version?: PostgresVersion;
  /** As in postgresql.conf, such as `{ fsync: 'on' }`. */
  readonly settings?: Settings;
  /** The lines of pg_hba.conf that replace "all on this machine". */
  readonly hba?: string;
  /** The certificate for clients that use TLS. */
  readonly tls?: Certificate;
  /** The authority of its clients' certificates; PEM. */
  readonly clientAuthority?: string;
}

interface UrlParts {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly port?: number;
  /** The part after the `?`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Linux counts processor time in hundredths of a second. */
const TICK_US = 10_000;

const running = new Set<PostgresServer>();
process.once('exit', () => {
  for (const server of running) server.abandon();
});

/**
 * A real PostgreSQL of a test's own, on a free port, with its data in a temporary folder. Its superuser is `postgres`,
 * without a password. It keeps its data when it is killed and started again.
 */
export class PostgresServer {
  readonly port: number;
  readonly #programs: string;
  readonly #dir: string;
  #options: PostgresServerOptions;
  #child: ChildProcess | undefined;
  #output = '';
  readonly #sessions: pg.Client[] = [];
  #databases = 0;
  #copies = 0;

  private constructor(programs: string, dir: string, port: number, options: PostgresServerOptions) {
    this.#programs = programs;
    this.#dir = dir;
    this.port = port;
    this.#options = options;
  }

  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const server = await PostgresServer.prepare(options);
    await server.restart();
    return server;
  }

  /** A port and a folder with an empty cluster, but no server yet: for tests that start something else first. */
  static async prepare(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const programs = await postgresPrograms(options.version);
    const server = new PostgresServer(programs, await ownFolder(), await freePort(), options);
    await runAsOrdinaryUser('cp', ['-a', await template(programs), server.#data]);
    await server.#configure();
    return server;
  }

  /** A hot standby that follows the server, and takes its place after `promote`. */
  static async standbyOf(primary: PostgresServer, options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const standby = new PostgresServer(primary.#programs, await ownFolder(), await freePort(), {
      ...primary.#options,
      ...options,
    });
    const from = ['--host=127.0.0.1', `--port=${primary.port}`, '--username=postgres', '--checkpoint=fast'];
    const to = ['--write-recovery-conf', '--no-sync', '--pgdata', standby.#data];
    await runAsOrdinaryUser(join(primary.#programs, 'pg_basebackup'), [...from, ...to]);
    await standby.#configure();
    await standby.restart();
    return standby;
  }

  get url(): string {
    return this.urlOf();
  }

  urlOf({ user = 'postgres', password, database = 'postgres', port = this.port, parameters }: UrlParts = {}): string {
    const credentials = [user, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(':');
    const query = parameters === undefined ? '' : `?${new URLSearchParams(parameters).toString()}`;
    return `postgres://${credentials}@127.0.0.1:${port}/${database}${query}`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  /** What it has written to its log since it was last started or reloaded. */
  get output(): string {
    return this.#output;
  }

  /** An empty database of its own for each test that shares the server. @returns its name */
  async createDatabase(): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return name;
  }

  /** Runs a statement as the superuser, in a session of its own. @returns the rows */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
    database?: string,
  ): Promise<readonly Row[]> {
    const client = await this.#connect(database);
    try {
      // Without values several statements may stand in one text.
      return (await client.query<Row>(statement, values.length === 0 ? undefined : [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** A session of the superuser that stays: to hold locks, to listen. It ends with the server. */
  async session(database?: string): Promise<pg.Client> {
    const client = await this.#connect(database);
    this.#sessions.push(client);
    return client;
  }

  async #connect(database: string | undefined): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.urlOf(database === undefined ? {} : { database }) });
    // Connections that are cut with the server need no attention.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Starts it again, on the same port, with its data. */
  async restart(): Promise<void> {
    // Another process's connection may occupy the port for a moment, so a start may take several tries.
    await eventually('PostgreSQL starts', async () => {
      this.#output = '';
      const child = spawn(join(this.#programs, 'postgres'), ['-D', this.#data], {
        stdio: ['ignore', 'ignore', 'pipe'],
        cwd: '/',
        ...ordinaryUser(),
      });
      this.#child = child;
      running.add(this);
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
      const isReady = (): boolean => /database system is ready to accept/.test(this.#output);
      await eventually('PostgreSQL is ready', () => isReady() || hasEnded(child));
      if (!hasEnded(child)) return true;
      running.delete(this);
      if (!this.#output.includes('Address already in use')) throw new Error(`PostgreSQL ended:\n${this.#output}`);
      return false;
    });
  }

  /** Sessions are ended, and all is written to its files: as an operator stops it. */
  stop(): Promise<void> {
    return this.#end(() => this.#child?.kill('SIGINT'));
  }

  /** `kill -9` of it and of all its processes, and waits until they have ended: nothing is completed. */
  kill(): Promise<void> {
    return this.#end(() => {
      // It is paused first, so that it does not replace a killed process.
      this.#child?.kill('SIGSTOP');
      this.#signal('SIGKILL');
    });
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    await this.#end(() => undefined);
  }

  /** Pauses it and all its processes: connections stay open, and nothing is answered. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Makes a standby the server that writes, and returns when it does. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote()');
  }

  /** Changes settings under the running server. */
  async reload(settings: Settings): Promise<void> {
    this.#options = { ...this.#options, settings: { ...this.#options.settings, ...settings } };
    await this.#configure();
    this.#output = '';
    this.#child?.kill('SIGHUP');
    await eventually('PostgreSQL reloads', () => this.#output.includes('reloading configuration files'));
  }

  /**
   * Files may grow to this size and no further, as on a disk that is full: PostgreSQL takes this limit of the system
   * for just that. It holds for all its processes, also those that it starts later.
   *
   * @param bytes undefined for no limit
   */
  async limitFiles(bytes: number | undefined): Promise<void> {
    for (const pid of this.#processes())
      await runAsOrdinaryUser('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:unlimited`]).catch(
        (error: unknown) => {
          // It ended between the look and the command.
          if (isRunning(pid)) throw error;
        },
      );
  }

  /** The processor time of it and of all its processes so far, in microseconds. */
  cpuUs(): number {
    const [own = 0, ...others] = this.#processes();
    // It has the sum of those that have ended.
    return ticks(own, 11, 12, 13, 14) * TICK_US + others.reduce((sum, pid) => sum + ticks(pid, 11, 12), 0) * TICK_US;
  }

  /** Copies the data of the stopped server, to be put back later. */
  async copyData(): Promise<string> {
    const copy = join(this.#dir, `copy-${++this.#copies}`);
    await runAsOrdinaryUser('cp', ['-a', this.#data, copy]);
    return copy;
  }

  async putDataBack(copy: string): Promise<void> {
    await rm(this.#data, { recursive: true });
    await runAsOrdinaryUser('cp', ['-a', copy, this.#data]);
  }

  async close(): Promise<void> {
    // If the server has already ended, there is nothing to do.
    await Promise.all(this.#sessions.splice(0).map((client) => client.end().catch(() => undefined)));
    if (this.#child === undefined) await this.#removeSharedMemory();
    await this.#end(() => {
      this.resume();
      this.#child?.kill('SIGQUIT');
    });
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** For a test process that ends without `close`. It cannot wait any more. */
  abandon(): void {
    this.resume();
    this.#child?.kill('SIGQUIT');
  }

  get #data(): string {
    return join(this.#dir, 'data');
  }

  async #end(signal: () => void): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const processes = this.#processes();
    const exited = hasEnded(child) ? Promise.resolve() : once(child, 'exit');
    signal();
    await exited;
    await eventually('the processes of PostgreSQL end', () => !processes.some(isRunning));
    this.#child = undefined;
    running.delete(this);
  }

  #signal(signal: NodeJS.Signals): void {
    for (const pid of this.#processes())
      try {
        process.kill(pid, signal);
      } catch (error) {
        // It ended between the look and the signal.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
  }

  /** It and its children, each of which serves a client or has a task of its own. */
  #processes(): readonly number[] {
    const own = this.#child?.pid;
    if (own === undefined || (this.#child !== undefined && hasEnded(this.#child))) return [];
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && processState(Number(name))?.parent === own)
      .map(Number);
    return [own, ...children];
  }

  async #configure(): Promise<void> {
    const { settings, hba = TRUST, tls, clientAuthority } = this.#options;
    const all: Settings = {
      ...QUIET,
      port: String(this.port),
      ...(tls === undefined ? {} : { ssl: 'on', ssl_cert_file: 'tls.crt', ssl_key_file: 'tls.key' }),
      ...(clientAuthority === undefined ? {} : { ssl_ca_file: 'authority.crt' }),
      ...settings,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    await this.#write('postgresql.conf', lines.join(''));
    await this.#write('pg_hba.conf', hba);
    if (tls !== undefined) {
      await this.#write('tls.crt', tls.cert);
      await this.#write('tls.key', tls.key);
    }
    if (clientAuthority !== undefined) await this.#write('authority.crt', clientAuthority);
  }

  async #write(name: string, content: string): Promise<void> {
    const path = join(this.#data, name);
    await writeFile(path, content);
    await chmod(path, 0o600);
    await giveToOrdinaryUser(path);
  }

  /** A killed server leaves a piece of shared memory, which it would remove on its next start. */
  async #removeSharedMemory(): Promise<void> {
    const lines = (await readFile(join(this.#data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    const id = /^\s*\d+\s+(\d+)/.exec(lines[6] ?? '')?.[1];
    if (id !== undefined) await run('ipcrm', ['--shmem-id', id]).catch(() => undefined);
  }
}

const templates = new Map<string, Promise<string>>();

/** The folder of an empty cluster, made once in a process: a copy takes a quarter of the time. */
function template(programs: string): Promise<string> {
  let folder = templates.get(programs);
  if (folder === undefined) {
    folder = makeTemplate(programs);
    templates.set(programs, folder);
  }
  return folder;
}

async function makeTemplate(programs: string): Promise<string> {
  const dir = removedAtExit(await ownFolder());
  const kind = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--wal-segsize=1'];
  await runAsOrdinaryUser(join(programs, 'initdb'), ['--no-sync', ...kind, join(dir, 'data')]);
  return join(dir, 'data');
}

async function ownFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'halyard-postgres-'));
  await giveToOrdinaryUser(dir);
  return dir;
}

async function runAsOrdinaryUser(program: string, args: readonly string[]): Promise<void> {
  await run(program, args, { cwd: '/', ...ordinaryUser() });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** A process that has ended but was not waited for yet does not count. */
function isRunning(pid: number): boolean {
  const state = processState(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function processState(pid: number): { readonly state: string; readonly parent: number } | undefined {
  const [state, parent] = statFields(pid);
  return state === undefined ? undefined : { state, parent: Number(parent) };
}

/** @param fields as `statFields` counts them, from 0 */
function ticks(pid: number, ...fields: readonly number[]): number {
  const values = statFields(pid);
  return fields.reduce((sum, field) => sum + Number(values[field] ?? 0), 0);
}

/** Of `/proc/PID/stat`, from the state on. None if it has ended. */
function statFields(pid: number): readonly string[] {
  try {
    // The name of the program is in brackets, and may contain anything.
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}
