import { parseUpdatedAt } from '../../domain/updated-at.ts';
import { environmentIn, readArguments, requiredToken, TOKEN_OPTIONS, TOKEN_USAGE } from './arguments.ts';
import { reasonOf } from './reason.ts';
import { ServiceUrl } from './service-url.ts';
import type { Terminal } from './tool.ts';

export interface Publication {
  readonly url: URL;
  /** The time of the change, in any form that queue-change accepts; undefined: now. */
  readonly time?: string | undefined;
  readonly token: string;
  /** How long the answer may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/** The service waits for its log before it answers: some seconds at most. */
const TIMEOUT_MS = 15_000;

/** Reports that an environment changed, as the Flagsmith API does. */
export const publish = {
  name: 'publish',
  usage: `URL ENVIRONMENT [TIME] ${TOKEN_USAGE}`,
  meaning:
    'report that an environment changed, now or at the given time, as the Flagsmith API does. The token comes from SSE_AUTHENTICATION_TOKEN, from SSE_AUTHENTICATION_TOKEN_FILE, or from an option',
  async run(args: readonly string[], terminal: Terminal): Promise<number> {
    const { values, positionals } = readArguments(publish, args, TOKEN_OPTIONS, [2, 3]);
    const [url = '', key = '', time] = positionals;
    const queueChange = new ServiceUrl(url).queueChange(environmentIn(key));
    terminal.print(await postChange({ url: queueChange, time, token: requiredToken(values, terminal) }));
    return 0;
  },
};

/**
 * Posts a change to queue-change.
 *
 * @returns the time that was published, in its canonical form
 * @throws Error with the reason why the service did not accept it
 */
export async function postChange({ url, time, token, timeoutMs = TIMEOUT_MS }: Publication): Promise<string> {
  const updatedAt = parseUpdatedAt(time ?? (Date.now() / 1000).toFixed(6));
  if (typeof updatedAt !== 'string') throw new Error(`invalid time: it ${updatedAt.invalid}`);
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Token ${token}`, 'Content-Type': 'application/json' },
    // Written by hand: a JavaScript number would lose digits.
    body: `{"updated_at":${updatedAt}}`,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new Error(`the service cannot be reached: ${reasonOf(error)}`);
  });
  if (response.status === 200) return updatedAt;
  throw new Error(`the service answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
}
