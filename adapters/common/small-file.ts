import { readFileSync, statSync } from 'node:fs';

/** A bundle of all public authorities has a quarter of it. What is longer is the wrong file. */
const MAX_FILE_BYTES = 1 << 20;

/**
 * Reads a file of certificates, keys or credentials. It is synchronous: they are a few small local files.
 *
 * @returns the text, or what is wrong with the file, in words that go behind its name
 */
export function readSmallFile(path: string): { readonly text: string } | { readonly wrong: string } {
  try {
    const found = statSync(path);
    // A pipe may never end, and neither do some devices.
    if (!found.isFile()) return { wrong: 'is not a file' };
    if (found.size > MAX_FILE_BYTES) return { wrong: 'is too long to be one' };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { wrong: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}
