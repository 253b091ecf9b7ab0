import { environmentIn, readArguments } from './arguments.ts';
import { followStream, type Occurrence } from './followed-stream.ts';
import { ServiceUrl } from './service-url.ts';
import type { Terminal } from './tool.ts';

/** Prints what an environment's stream sends, and reopens it when it ends, until it is aborted. */
export const watch = {
  name: 'watch',
  usage: 'URL ENVIRONMENT [--json]',
  meaning:
    'print each event of an environment as it arrives, with its age; a stream that ends is reopened. --json prints one JSON object per line',
  async run(args: readonly string[], { print, aborted }: Terminal): Promise<number> {
    const { values, positionals } = readArguments(watch, args, { json: { type: 'boolean' } }, [2, 2]);
    const [url = '', key = ''] = positionals;
    const stream = new ServiceUrl(url).stream(environmentIn(key));
    for await (const occurrence of followStream(stream, aborted)) {
      const now = new Date();
      print(values.json === true ? jsonLine(occurrence, now) : textLine(occurrence, now));
    }
    return 0;
  },
};

function jsonLine(occurrence: Occurrence, now: Date): string {
  const age = occurrence.kind === 'event' ? { ageSeconds: ageSeconds(occurrence.data, now) } : {};
  return JSON.stringify({ at: now.toISOString(), ...occurrence, ...age });
}

function textLine(occurrence: Occurrence, now: Date): string {
  const at = now.toISOString().slice(11, 23);
  switch (occurrence.kind) {
    case 'opened':
      return `${at}  connected`;
    case 'closed':
      return `${at}  disconnected: ${occurrence.why}. Reconnecting in ${(occurrence.retryMs / 1000).toFixed(1)} s.`;
    case 'event': {
      const age = ageSeconds(occurrence.data, now);
      const ageText = age === undefined ? '' : `  age ${age.toFixed(3)} s`;
      return `${at}  ${occurrence.name}  ${occurrence.data}${ageText}`;
    }
  }
}

/**
 * How old an update is, by this machine's clock, in seconds with milliseconds. Undefined if its `updated_at` is not in
 * epoch seconds with a fraction, as the Flagsmith API sends it.
 */
function ageSeconds(data: string, now: Date): number | undefined {
  const seconds = /"updated_at": ?(\d+\.\d+)/.exec(data)?.[1];
  return seconds === undefined ? undefined : Math.round(now.getTime() - Number(seconds) * 1000) / 1000;
}
