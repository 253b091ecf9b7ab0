import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { unpackDebianPackage } from './debian-package.ts';
import { readableCopy } from './readable-copy.ts';

/** A program of a Debian package: the machine's own, or one that is unpacked into the cache. */
export interface DebianProgram {
  /** @param user another user than that of this process; can read the program if that was requested */
  spawn(args: readonly string[], user?: Pick<SpawnOptions, 'uid' | 'gid'>): ChildProcess;
}

interface ProgramOptions {
  /** For a program that refuses to run as root. */
  readonly forOrdinaryUser?: boolean;
}

/** @param path where the package has it, such as `usr/bin/h2load` */
export async function debianProgram(
  packageName: string,
  path: string,
  { forOrdinaryUser = false }: ProgramOptions = {},
): Promise<DebianProgram> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  for (const folder of folders) {
    const installed = join(folder, path.split('/').at(-1) ?? '');
    if (await isThere(installed)) return { spawn: (args, user = {}) => spawn(installed, args, user) };
  }
  const unpacked = await unpackDebianPackage({ name: packageName, dependencies: true });
  const root = forOrdinaryUser ? await readableCopy(unpacked, ['.']) : unpacked;
  const program = join(root, path);
  if (!(await isThere(program))) throw new Error(`the Debian package ${packageName} has no ${path}`);
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const libraries = [join(root, 'usr/lib', machine), join(root, 'lib', machine)].join(delimiter);
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  return { spawn: (args, user = {}) => spawn(program, args, { ...user, env }) };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
