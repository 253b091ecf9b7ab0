import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { debianProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { giveToOrdinaryUser, ordinaryUser } from './ordinary-user.ts';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real PgBouncer in front of a PostgreSQL on this machine. It lets the user `postgres` in without a password. */
export class PgBouncer {
  readonly port: number;
  readonly #dir: string;
  readonly #child: ChildProcess;

  private constructor(port: number, dir: string, child: ChildProcess) {
    this.port = port;
    this.#dir = dir;
    this.#child = child;
  }

  /**
   * @param mode when a session of the server goes to another client: after its client has left, or after a transaction
   * @param settings more lines for its configuration, such as `ignore_startup_parameters = options`
   */
  static async start(postgresPort: number, mode: 'session' | 'transaction', settings = ''): Promise<PgBouncer> {
    const program = await debianProgram('pgbouncer', 'usr/sbin/pgbouncer', { forOrdinaryUser: true });
    const [dir, port] = [await mkdtemp(join(tmpdir(), 'halyard-pgbouncer-')), await freePort()];
    await giveToOrdinaryUser(dir);
    const config = join(dir, 'pgbouncer.ini');
    await writeFile(join(dir, 'users.txt'), '"postgres" ""\n');
    await writeFile(
      config,
      `[databases]\n* = host=127.0.0.1 port=${postgresPort}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n` +
        `listen_port = ${port}\nunix_socket_dir =\nauth_type = trust\nauth_file = ${join(dir, 'users.txt')}\n` +
        `pool_mode = ${mode}\n${settings}\n`,
    );
    const child = program.spawn([config], ordinaryUser());
    running.add(child);
    let output = '';
    child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
    const bouncer = new PgBouncer(port, dir, child);
    try {
      await eventually('PgBouncer listens', () => {
        if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${output}`);
        return output.includes('process up');
      });
    } catch (error) {
      await bouncer.close();
      throw error;
    }
    return bouncer;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    running.delete(this.#child);
    await rm(this.#dir, { recursive: true, force: true });
  }
}
