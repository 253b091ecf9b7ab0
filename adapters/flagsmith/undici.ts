import { createRequire } from 'node:module';
import type * as Undici from 'undici';

/** Loads the HTTP client on demand: a service that calls no API spends no time or memory on it. */
export function loadUndici(): Pick<typeof Undici, 'Pool'> {
  return createRequire(import.meta.url)('undici') as typeof Undici;
}
