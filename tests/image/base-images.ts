import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  cacheDir,
  debianMirror,
  exists,
  KEYRING,
  lock,
  unpackDebianPackage,
} from '../support/servers/debian-package.ts';

const run = promisify(execFile);
const NODE_MAJOR = 24;

/** Makes a folder once, and keeps it in the user's cache: other processes see all of it or nothing. */
async function cached(name: string, make: (work: string) => Promise<void>): Promise<string> {
  const place = join(cacheDir(), 'image', name);
  await mkdir(join(cacheDir(), 'image'), { recursive: true });
  const unlock = await lock(`${place}.lock`);
  try {
    if (await exists(place)) return place;
    const work = await mkdtemp(`${place}.new-`);
    try {
      await make(work);
      await rename(work, place);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return place;
  } finally {
    await unlock();
  }
}

/** A minimal Debian trixie, as in the slim image. */
export function trixieRoot(): Promise<string> {
  return cached('trixie', async (work) => {
    const debootstrap = await unpackDebianPackage({ name: 'debootstrap' });
    await run(
      join(debootstrap, 'usr/sbin/debootstrap'),
      ['--variant=minbase', `--keyring=${KEYRING}`, 'trixie', work, await debianMirror()],
      { env: { ...process.env, DEBOOTSTRAP_DIR: join(debootstrap, 'usr/share/debootstrap') } },
    );
    await run('chmod', ['755', work]);
    await rm(join(work, 'var/cache/apt/archives'), { recursive: true, force: true });
  });
}

/** Node of the image's version, from npm's registry, where each version is a package. */
export async function nodeBinary(): Promise<string> {
  const name = `node-linux-${process.arch}`;
  const folder = await cached(`${name}-${NODE_MAJOR}`, async (work) => {
    await run('npm', ['pack', `${name}@${NODE_MAJOR}`, '--pack-destination', work], { cwd: work });
    await run('sh', ['-c', 'tar -xzf ./*.tgz package/bin/node && rm ./*.tgz && chmod 755 . package/bin/node'], {
      cwd: work,
    });
  });
  return join(folder, 'package/bin/node');
}

/**
 * The images that the Dockerfile builds on, in the parts that it uses: `node` is a Debian with Node and npm in
 * `/usr/local`. This npm is the machine's own: it is a program in JavaScript, which any Node runs.
 *
 * @param root where the file system goes
 */
export async function unpackBaseImage(image: string, root: string): Promise<void> {
  await run('cp', ['-a', '--reflink=auto', await trixieRoot(), root]);
  if (image === 'debian:trixie-slim') return;
  if (image !== `node:${NODE_MAJOR}-trixie-slim`) throw new Error(`there is no base image ${image} here`);
  const local = join(root, 'usr/local');
  await run('cp', [await nodeBinary(), join(local, 'bin/node')]);
  const { stdout } = await run('npm', ['root', '--global']);
  await mkdir(join(local, 'lib/node_modules'), { recursive: true });
  await run('cp', ['-a', join(stdout.trim(), 'npm'), join(local, 'lib/node_modules/npm')]);
  for (const command of ['npm', 'npx'])
    await run('ln', ['-s', `../lib/node_modules/npm/bin/${command}-cli.js`, join(local, 'bin', command)]);
}
