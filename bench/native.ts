import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unpackDebianPackage } from '../tests/support/servers/debian-package.ts';

const run = promisify(execFile);

const SOURCES = fileURLToPath(new URL('../../bench/native/', import.meta.url));
const BINARIES = fileURLToPath(new URL('./native/', import.meta.url));

/** The C programs, and the sources of each. */
const PROGRAMS = {
  load: ['load.c', 'http2.c', 'secure-none.c'],
  'load-tls': ['load.c', 'http2.c', 'secure.c'],
  limit: ['limit.c'],
} as const;

const NO_COMPILER = 'there is no C compiler: install gcc, or name one in CC';

/** Compiles one of them. Undefined if the machine has no C compiler; `CC` names another one. */
export async function compile(name: 'load' | 'limit'): Promise<string | undefined> {
  try {
    return await compileWith(name, []);
  } catch (error) {
    if ((error as Error).message === NO_COMPILER) return undefined;
    throw error;
  }
}

/**
 * The load generator that speaks TLS too: with the machine's own OpenSSL if its headers are there, else with Debian's,
 * unpacked into the cache.
 *
 * @throws Error with what is missing
 */
export async function compileTlsLoad(): Promise<string> {
  try {
    return await compileWith('load-tls', ['-lssl', '-lcrypto']);
  } catch (error) {
    if (!(error as Error).message.includes('openssl/ssl.h')) throw error;
    return compileTlsLoadWithDebian();
  }
}

/** With the libraries in the binary, so that it runs wherever it was compiled. */
export async function compileTlsLoadWithDebian(): Promise<string> {
  const root = await unpackDebianPackage({ name: 'libssl-dev' });
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const headers = [join(root, 'usr/include'), join(root, 'usr/include', machine)];
  const libraries = ['libssl.a', 'libcrypto.a'].map((name) => join(root, 'usr/lib', machine, name));
  return compileWith('load-tls', [...headers.flatMap((folder) => ['-isystem', folder]), ...libraries, '-lpthread']);
}

async function compileWith(name: keyof typeof PROGRAMS, options: readonly string[]): Promise<string> {
  await mkdir(BINARIES, { recursive: true });
  const binary = `${BINARIES}${name}`;
  const sources = PROGRAMS[name].map((file) => `${SOURCES}${file}`);
  try {
    await run(process.env['CC'] ?? 'cc', ['-O2', '-Wall', '-o', binary, ...sources, ...options]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(NO_COMPILER, { cause: error });
  }
  return binary;
}
