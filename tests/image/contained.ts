import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Containment {
  readonly root: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** `uid:gid`. Undefined: root, with the network's and npm's settings of this machine, as a build has them. */
  readonly user?: string;
  /** Read-only folders of this machine: the place inside, and the folder. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Its own `/tmp`, in memory; otherwise nothing is writable. */
  readonly tmp?: boolean;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Runs a command as a container engine would: in its own root file system, with its own mounts and processes,
 * as the first of its processes, and, unless it builds, without privileges and on a root that cannot be written to. The
 * network is the machine's.
 */
export function contain(what: Containment): ChildProcess {
  const { root, user, mounts = {}, tmp = false } = what;
  const setup = [
    'set -e',
    `mount --bind ${quoted(root)} ${quoted(root)}`,
    `mount -t proc proc ${quoted(join(root, 'proc'))}`,
    `mount --rbind /dev ${quoted(join(root, 'dev'))}`,
    ...Object.entries(mounts).map(([at, folder]) => {
      const place = quoted(join(root, at));
      return `mount --bind ${quoted(folder)} ${place}; mount -o remount,bind,ro ${place}`;
    }),
    ...(tmp ? [`mount -t tmpfs -o mode=1777 tmpfs ${quoted(join(root, 'tmp'))}`] : []),
    ...(user === undefined ? buildMounts(root) : [`mount -o remount,bind,ro ${quoted(root)}`]),
  ];
  const inside = [
    'env',
    '-i',
    '-C',
    what.workingDirectory,
    ...Object.entries(what.environment).map(([name, value]) => `${name}=${value}`),
    ...what.command,
  ];
  const chroot =
    user === undefined
      ? ['chroot', root, ...inside]
      : ['chroot', `--userspec=${user}`, '--groups=', root, 'setpriv', '--no-new-privs', ...inside];
  const script = `${setup.join('\n')}\nexec ${chroot.map(quoted).join(' ')}`;
  return spawn('unshare', ['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Names, certificates, and npm's settings and cache: what an engine's build has from its machine. */
function buildMounts(root: string): string[] {
  const shared = ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs'].filter((path) => existsSync(path));
  const [npmrc, cache] = [join(homedir(), '.npmrc'), join(homedir(), '.npm')];
  return [
    ...shared.map((path) => {
      const place = quoted(join(root, path));
      return `if [ -d ${path} ]; then mkdir -p ${place}; else touch ${place}; fi; mount --bind ${path} ${place}`;
    }),
    ...(existsSync(npmrc) ? [`touch ${root}/root/.npmrc; mount --bind ${quoted(npmrc)} ${root}/root/.npmrc`] : []),
    ...(existsSync(cache) ? [`mkdir -p ${root}/root/.npm; mount --bind ${quoted(cache)} ${root}/root/.npm`] : []),
  ];
}

/** The environment of a build: the settings by which npm and Node reach a registry. */
export function buildEnvironment(): Record<string, string> {
  const names = /^(https?_proxy|no_proxy|npm_config_registry|npm_config_cafile|node_extra_ca_certs|ssl_cert_file)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (names.test(name) && value ? [[name, value]] : [])),
  );
}

/** The process inside, by its number on this machine: the only child of the process that holds it. */
export function pidInside(holder: ChildProcess): number {
  return Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim().split(' ')[0]);
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Waits for a contained command to end. */
export async function ended(child: ChildProcess): Promise<Ran> {
  let output = '';
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}
