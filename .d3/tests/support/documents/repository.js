import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
/** The root of the repository: tests run from `dist/tests`. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
export function pathOf(path) {
    return join(ROOT, path);
}
export function readDocument(path) {
    return readFileSync(`${ROOT}${path}`, 'utf8');
}
/** The sources of the tests, by their path. */
export function testSources() {
    const paths = readdirSync(`${ROOT}tests`, { recursive: true, encoding: 'utf8' });
    return new Map(paths.filter((path) => path.endsWith('.test.ts')).map((path) => [`tests/${path}`, readDocument(`tests/${path}`)]));
}
/** The files under a folder, by their paths from the root. */
export function filesUnder(folder) {
    return readdirSync(pathOf(folder), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
        .sort();
}
//# sourceMappingURL=repository.js.map