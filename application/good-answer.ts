import type { ApiAnswer } from './ports/flagsmith-api.ts';

/** A page of HTML with 200 is from something in between. */
export function isGood({ status, headers }: ApiAnswer): boolean {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return status === 200 && /^application\/json\b/i.test(type);
}
