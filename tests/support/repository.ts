import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository: tests run from `dist/tests`. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export function readDocument(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** The sources of the tests, by their path. */
export function testSources(): ReadonlyMap<string, string> {
  const paths = readdirSync(`${ROOT}tests`, { recursive: true, encoding: 'utf8' });
  return new Map(
    paths.filter((path) => path.endsWith('.test.ts')).map((path) => [`tests/${path}`, readDocument(`tests/${path}`)]),
  );
}
