import { execFile } from 'node:child_process';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exists, unpackDebianPackage } from './debian-package.ts';
import { readableCopy } from './readable-copy.ts';

const run = promisify(execFile);

/** The versions that are fetched, and the release of Debian that has each. */
const RELEASES = { 15: 'bookworm', 17: 'trixie' } as const;
export type PostgresVersion = keyof typeof RELEASES;

/** What the unpacked copy needs. The compiler of queries, larger than all the rest, is never loaded here. */
const PROGRAMS = ['postgres', 'initdb', 'pg_basebackup'] as const;
const NOT_LOADED = /^lib(LLVM|z3|perl|python)/;

const found = new Map<PostgresVersion | undefined, Promise<string>>();

/**
 * The folder of PostgreSQL's programs. Without a version: `POSTGRES_BIN`, else 15. A version is the machine's own
 * (`/usr/lib/postgresql/VERSION/bin`), else Debian's packages, unpacked.
 */
export function postgresPrograms(version?: PostgresVersion): Promise<string> {
  let folder = found.get(version);
  if (folder === undefined) {
    folder = findPrograms(version);
    found.set(version, folder);
  }
  return folder;
}

async function findPrograms(version: PostgresVersion | undefined): Promise<string> {
  const named = process.env['POSTGRES_BIN'];
  if (named && version === undefined) {
    if (await exists(join(named, 'postgres'))) return named;
    throw new Error(`POSTGRES_BIN=${named} has no program "postgres": name the folder that contains it and initdb`);
  }
  const wanted = version ?? 15;
  const installed = `/usr/lib/postgresql/${wanted}/bin`;
  if (await exists(join(installed, 'initdb'))) return installed;
  const failures: string[] = [];
  for (const release of [{}, { release: RELEASES[wanted] }])
    try {
      const root = await unpackDebianPackage({ name: `postgresql-${wanted}`, dependencies: true, ...release });
      return await readyToRun(root, wanted);
    } catch (error) {
      failures.push((error as Error).message);
    }
  throw new Error(
    `These tests need PostgreSQL ${wanted}: install it, or name the folder of its programs in POSTGRES_BIN. ` +
      failures.join(' '),
  );
}

/** A script in place of each program makes it find its libraries, also if initdb starts `postgres` itself. */
async function readyToRun(root: string, version: PostgresVersion): Promise<string> {
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const folders = [`usr/lib/postgresql/${version}`, `usr/share/postgresql/${version}`, `usr/lib/${machine}`];
  const copy = await readableCopy(root, folders);
  const libraries = join(copy, 'usr/lib', machine);
  for (const file of await readdir(libraries)) if (NOT_LOADED.test(file)) await rm(join(libraries, file));
  // Libraries of another release come with their own loader, and work with no other.
  const loader = (await readdir(libraries)).find((name) => name.startsWith('ld-linux'));
  const programs = join(copy, 'usr/lib/postgresql', String(version), 'bin');
  for (const name of PROGRAMS) {
    const program = join(programs, name);
    await rename(program, `${program}.program`);
    const start =
      loader === undefined
        ? `LD_LIBRARY_PATH='${libraries}' exec '${program}.program' "$@"`
        : `exec '${join(libraries, loader)}' --library-path '${libraries}' --argv0 '${program}' '${program}.program' "$@"`;
    await writeFile(program, `#!/bin/sh\n${start}\n`, { mode: 0o755 });
  }
  await run(join(programs, 'postgres'), ['--version']);
  return programs;
}
