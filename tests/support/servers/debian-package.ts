import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { claim } from './claim.ts';

const run = promisify(execFile);

/** Far more than a slow mirror needs for a browser, so that a hung one fails with an error instead of never. */
const FETCH_TIMEOUT_MS = 10 * 60_000;
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

interface DebianPackage {
  readonly name: string;
  /** A release other than the machine's, such as `trixie`, fetched from the machine's own mirror. */
  readonly release?: string;
  /**
   * Also fetch what the package depends on and the machine lacks, and unpack it beside it. With a `release`, all
   * dependencies, because libraries of two releases do not mix.
   */
  readonly dependencies?: boolean;
}

/**
 * Unpacks a Debian package into the user's cache, without installing anything on the system, and returns the folder
 * that holds its `usr`. Works without root, without the system's package lists, and for several processes at once.
 */
export async function unpackDebianPackage(wanted: DebianPackage): Promise<string> {
  const root = join(
    cacheDir(),
    'debian',
    [wanted.release ?? 'host', wanted.name, ...(wanted.dependencies ? ['all'] : [])].join('-'),
  );
  if (await exists(root)) return root;
  await mkdir(join(cacheDir(), 'debian'), { recursive: true });
  const unlock = await lock(root);
  try {
    if (!(await exists(root))) await fetchInto(root, wanted);
  } catch (error) {
    const from = wanted.release === undefined ? 'the Debian mirror of this machine' : `Debian ${wanted.release}`;
    throw new Error(
      `Could not fetch the package "${wanted.name}" from ${from} with apt-get and dpkg. Install it by hand ` +
        `(apt-get install ${wanted.name}), or see why: ${(error as Error).message}`,
      { cause: error },
    );
  } finally {
    await unlock();
  }
  return root;
}

export function cacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'halyard');
}

async function fetchInto(root: string, wanted: DebianPackage): Promise<void> {
  // Unpacked beside its place and renamed into it: a process that sees the folder sees all of it.
  const work = await mkdtemp(`${root}.new-`);
  try {
    const [debs, tree] = [join(work, 'archives'), join(work, 'root')];
    await mkdir(join(debs, 'partial'), { recursive: true });
    await mkdir(tree);
    if (wanted.release !== undefined) await download(debs, wanted, await ownLists(wanted.release));
    else await download(debs, wanted, []).catch(async () => download(debs, wanted, await ownLists(undefined)));
    const archives = (await readdir(debs)).filter((name) => name.endsWith('.deb'));
    if (archives.length === 0) throw new Error('apt-get downloaded nothing');
    for (const name of archives) await run('dpkg', ['-x', join(debs, name), tree]);
    await rename(tree, root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(debs: string, wanted: DebianPackage, options: readonly string[]): Promise<void> {
  const command =
    wanted.dependencies === true
      ? [
          'install',
          '--yes',
          '--download-only',
          '--no-install-recommends',
          '--reinstall',
          '-o',
          `Dir::Cache::archives=${debs}`,
        ]
      : ['download'];
  await apt([...options, ...command, wanted.name], debs);
}

/**
 * Package lists of our own in the cache: for a machine whose lists were removed, as in most containers, and for
 * another release, whose packages must not appear in the system's lists.
 */
async function ownLists(release: string | undefined): Promise<string[]> {
  const dir = join(cacheDir(), 'apt', release ?? 'host');
  const [state, cache, sources] = [join(dir, 'state'), join(dir, 'cache'), join(dir, 'sources.list')];
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const options = ['-o', `Dir::State=${state}`, '-o', `Dir::Cache=${cache}`];
  if (release === undefined) {
    options.push('-o', 'Dir::State::status=/var/lib/dpkg/status');
  } else {
    await writeFile(join(state, 'status'), '');
    await writeFile(sources, `deb [signed-by=${KEYRING}] ${await debianMirror()} ${release} main\n`);
    options.push('-o', `Dir::State::status=${join(state, 'status')}`);
    options.push('-o', `Dir::Etc::sourcelist=${sources}`, '-o', 'Dir::Etc::sourceparts=-');
  }
  const unlock = await lock(dir);
  try {
    await apt([...options, 'update'], dir);
  } finally {
    await unlock();
  }
  return options;
}

/** The address from which this machine takes its own release: a company's mirror may be the only one it reaches. */
export async function debianMirror(): Promise<string> {
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? '';
  const parts = (await readdir('/etc/apt/sources.list.d').catch(() => [])).map(
    (name) => `/etc/apt/sources.list.d/${name}`,
  );
  for (const file of ['/etc/apt/sources.list', ...parts]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (file.endsWith('.list'))
      for (const [, uri, suite] of text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm))
        if (uri !== undefined && suite === codename) return uri;
    if (file.endsWith('.sources'))
      for (const stanza of text.split(/\n\s*\n/)) {
        const uri = /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
        const suites = /^Suites:\s*(.+)$/m.exec(stanza)?.[1]?.split(/\s+/) ?? [];
        if (uri !== undefined && suites.includes(codename)) return uri;
      }
  }
  throw new Error('this machine has no Debian mirror in /etc/apt');
}

async function apt(args: readonly string[], cwd: string): Promise<void> {
  // Neither the system's locks, which need root, nor the sandbox user, which may not write into our cache.
  const free = ['-q', '-o', 'Debug::NoLocking=true', '-o', 'APT::Sandbox::User=', '-o', 'APT::Get::List-Cleanup=false'];
  await run('apt-get', [...free, ...args], { cwd, timeout: FETCH_TIMEOUT_MS, env: { ...process.env, LC_ALL: 'C' } });
}

/** One process at a time. */
export async function lock(what: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(what).digest('hex');
  for (const deadline = Date.now() + FETCH_TIMEOUT_MS; Date.now() < deadline;) {
    const unlock = await claim(name);
    if (unlock !== undefined) return unlock;
    await delay(100);
  }
  throw new Error(`another process holds ${what}`);
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
