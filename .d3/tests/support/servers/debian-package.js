import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
const run = promisify(execFile);
/** Far more than a slow mirror needs for a browser, so that a hung one fails with a word instead of never. */
const FETCH_TIMEOUT_MS = 10 * 60_000;
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/**
 * Unpacks a Debian package into the user's cache, without installing anything on the system, and returns the folder
 * that holds its `usr`. Works without root, without the system's package lists, and for several processes at once.
 */
export async function unpackDebianPackage(wanted) {
    const root = join(cacheDir(), 'debian', [wanted.release ?? 'host', wanted.name, ...(wanted.dependencies ? ['all'] : [])].join('-'));
    if (await exists(root))
        return root;
    await mkdir(join(cacheDir(), 'debian'), { recursive: true });
    const unlock = await lock(`${root}.lock`);
    try {
        if (!(await exists(root)))
            await fetchInto(root, wanted);
    }
    catch (error) {
        const from = wanted.release === undefined ? 'the Debian mirror of this machine' : `Debian ${wanted.release}`;
        throw new Error(`Could not fetch the package "${wanted.name}" from ${from} with apt-get and dpkg. Install it by hand ` +
            `(apt-get install ${wanted.name}), or see why: ${error.message}`, { cause: error });
    }
    finally {
        await unlock();
    }
    return root;
}
export function cacheDir() {
    return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'halyard');
}
async function fetchInto(root, wanted) {
    // Unpacked beside its place and renamed into it: whoever sees the folder sees all of it.
    const work = await mkdtemp(`${root}.new-`);
    try {
        const [debs, tree] = [join(work, 'archives'), join(work, 'root')];
        await mkdir(join(debs, 'partial'), { recursive: true });
        await mkdir(tree);
        if (wanted.release !== undefined)
            await download(debs, wanted, await ownLists(wanted.release));
        else
            await download(debs, wanted, []).catch(async () => download(debs, wanted, await ownLists(undefined)));
        const archives = (await readdir(debs)).filter((name) => name.endsWith('.deb'));
        if (archives.length === 0)
            throw new Error('apt-get downloaded nothing');
        for (const name of archives)
            await run('dpkg', ['-x', join(debs, name), tree]);
        await rename(tree, root);
    }
    finally {
        await rm(work, { recursive: true, force: true });
    }
}
async function download(debs, wanted, options) {
    const command = wanted.dependencies === true
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
 * another release, whose packages must not turn up in the system's lists.
 */
async function ownLists(release) {
    const dir = join(cacheDir(), 'apt', release ?? 'host');
    const [state, cache, sources] = [join(dir, 'state'), join(dir, 'cache'), join(dir, 'sources.list')];
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    const options = ['-o', `Dir::State=${state}`, '-o', `Dir::Cache=${cache}`];
    if (release === undefined) {
        options.push('-o', 'Dir::State::status=/var/lib/dpkg/status');
    }
    else {
        await writeFile(join(state, 'status'), '');
        await writeFile(sources, `deb [signed-by=${KEYRING}] ${await debianMirror()} ${release} main\n`);
        options.push('-o', `Dir::State::status=${join(state, 'status')}`);
        options.push('-o', `Dir::Etc::sourcelist=${sources}`, '-o', 'Dir::Etc::sourceparts=-');
    }
    const unlock = await lock(join(dir, 'lock'));
    try {
        await apt([...options, 'update'], dir);
    }
    finally {
        await unlock();
    }
    return options;
}
/** The address from which this machine takes its own release: a company's mirror may be the only one it reaches. */
export async function debianMirror() {
    const codename = /^VERSION_CODENAME=(.+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? '';
    const parts = (await readdir('/etc/apt/sources.list.d').catch(() => [])).map((name) => `/etc/apt/sources.list.d/${name}`);
    for (const file of ['/etc/apt/sources.list', ...parts]) {
        const text = await readFile(file, 'utf8').catch(() => '');
        if (file.endsWith('.list'))
            for (const [, uri, suite] of text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm))
                if (uri !== undefined && suite === codename)
                    return uri;
        if (file.endsWith('.sources'))
            for (const stanza of text.split(/\n\s*\n/)) {
                const uri = /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
                const suites = /^Suites:\s*(.+)$/m.exec(stanza)?.[1]?.split(/\s+/) ?? [];
                if (uri !== undefined && suites.includes(codename))
                    return uri;
            }
    }
    throw new Error('this machine has no Debian mirror in /etc/apt');
}
async function apt(args, cwd) {
    // Neither the system's locks, which need root, nor the sandbox user, who may not write into a cache of ours.
    const free = ['-q', '-o', 'Debug::NoLocking=true', '-o', 'APT::Sandbox::User=', '-o', 'APT::Get::List-Cleanup=false'];
    await run('apt-get', [...free, ...args], { cwd, timeout: FETCH_TIMEOUT_MS, env: { ...process.env, LC_ALL: 'C' } });
}
/** One process at a time. A lock whose holder is dead is taken over. */
export async function lock(path) {
    for (const deadline = Date.now() + FETCH_TIMEOUT_MS; Date.now() < deadline; await delay(100)) {
        try {
            const file = await open(path, 'wx');
            await file.writeFile(String(process.pid));
            await file.close();
            return () => rm(path, { force: true });
        }
        catch (error) {
            if (error.code !== 'EEXIST')
                throw error;
            const holder = Number(await readFile(path, 'utf8').catch(() => ''));
            // An empty file is a holder between its open and its write.
            if (holder > 0 && !isAlive(holder))
                await rm(path, { force: true });
        }
    }
    throw new Error(`another process holds ${path}`);
}
function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        return error.code === 'EPERM';
    }
}
export async function exists(path) {
    return stat(path).then(() => true, () => false);
}
//# sourceMappingURL=debian-package.js.map