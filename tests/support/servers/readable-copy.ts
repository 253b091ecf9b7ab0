import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removedAtExit } from './removed-at-exit.ts';

const run = promisify(execFile);

/**
 * Copies folders of an unpacked package to where every user may read them, which root's cache is not. The copy is
 * removed with this process.
 *
 * @param folders relative to the root; they have the same places in the copy
 * @returns the root of the copy
 */
export async function readableCopy(root: string, folders: readonly string[]): Promise<string> {
  const copy = removedAtExit(await mkdtemp(join(tmpdir(), 'halyard-programs-')));
  await chmod(copy, 0o755);
  for (const folder of folders) await copyTree(`${join(root, folder)}/.`, join(copy, folder));
  return copy;
}

/** As links if both are on one file system. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await run('cp', ['-al', from, to]).catch(async () => {
    await rm(to, { recursive: true, force: true });
    await mkdir(to);
    await run('cp', ['-a', from, to]);
  });
}
