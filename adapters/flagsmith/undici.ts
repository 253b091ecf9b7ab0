import { createRequire } from 'node:module';
import type * as Undici from 'undici';

/** Loads the HTTP client when it is asked for: a service that asks no API does not take its time and memory. */
export function loadUndici(): Pick<typeof Undici, 'Pool'> {
  return createRequire(import.meta.url)('undici') as typeof Undici;
}
