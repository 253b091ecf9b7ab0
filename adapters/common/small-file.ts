import { readFileSync, statSync } from 'node:fs';

/** A bundle of all public authorities is a quarter of this. A larger file is the wrong one. */
const MAX_FILE_BYTES = 1 << 20;

/**
 * Reads a file of certificates, keys or credentials. It is synchronous: they are a few small local files.
 *
 * @returns the text, or what is wrong with the file, worded to follow its name
 */
export function readSmallFile(path: string): { readonly text: string } | { readonly wrong: string } {
  try {
    const found = statSync(path);
    // A pipe may never end, and neither do some devices.
    if (!found.isFile()) return { wrong: 'is not a file' };
    if (found.size > MAX_FILE_BYTES) return { wrong: 'is larger than 1 MiB' };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { wrong: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}
