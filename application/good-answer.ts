import type { ApiAnswer } from './ports/flagsmith-api.ts';

/** An HTML page with status 200 is from a proxy in between. */
export function isGood({ status, headers }: ApiAnswer): boolean {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return status === 200 && /^application\/json\b/i.test(type);
}
