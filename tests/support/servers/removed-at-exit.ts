import { rmSync } from 'node:fs';

const folders = new Set<string>();
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** For files that all tests of a process share, so that no single test can remove them. */
export function removedAtExit(folder: string): string {
  folders.add(folder);
  return folder;
}
