import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { unpackDebianPackage } from './debian-package.ts';

/** No user data, no network requests of its own, and no sandbox, which containers do not allow. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts a headless Chromium with a new, empty profile: `CHROMIUM_BIN`, else one on the PATH, else Debian's package,
 * unpacked into the user's cache with all that it needs.
 */
export async function launchChromium(): Promise<Browser> {
  const { binary, libraries } = await findChromium();
  return chromium.launch({
    executablePath: binary,
    args: FLAGS,
    env: { ...process.env, ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }) },
  });
}

interface FoundChromium {
  readonly binary: string;
  /** The folder of its libraries, if the system does not have them. */
  readonly libraries?: string;
}

async function findChromium(): Promise<FoundChromium> {
  const named = process.env['CHROMIUM_BIN'];
  if (named) {
    if (await exists(named)) return { binary: named };
    throw new Error(`CHROMIUM_BIN=${named} does not exist`);
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter))
    for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
      if (await exists(join(folder, name))) return { binary: join(folder, name) };
  try {
    const root = await unpackDebianPackage({ name: 'chromium', dependencies: true });
    // Debian's launch script looks for its parts where a package manager would have put them, so it is not used.
    return { binary: join(root, 'usr/lib/chromium/chromium'), libraries: await libraryFolders(root) };
  } catch (cause) {
    throw new Error(
      'These tests need Chromium: put it on the PATH, or name it in CHROMIUM_BIN. ' + (cause as Error).message,
      { cause },
    );
  }
}

/** Some libraries are in separate folders, which only their packages' scripts register with the system. */
async function libraryFolders(root: string): Promise<string> {
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const libraries = files.filter(({ name }) => /\.so(?:\.|$)/.test(name));
  return [...new Set(libraries.map(({ parentPath }) => parentPath))].join(delimiter);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
