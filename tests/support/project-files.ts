import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project: the compiled tests lie in `dist/tests`. */
export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

export function projectFile(path: string): string {
  return join(PROJECT, path);
}

export function readProjectFile(path: string): string {
  return readFileSync(projectFile(path), 'utf8');
}

/** The files under a folder of the project, by their paths from its root. */
export function filesUnder(folder: string): string[] {
  return readdirSync(projectFile(folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)))
    .sort();
}
