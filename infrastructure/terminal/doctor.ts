import { environmentIn, readArguments, TOKEN_OPTIONS, TOKEN_USAGE, tokenIn } from './arguments.ts';
import { Examination } from './doctor/examination.ts';
import { textOf } from './doctor/finding.ts';
import { ServiceUrl } from './service-url.ts';
import type { Terminal } from './tool.ts';

const DEFAULT_PATIENCE_SECONDS = '20';

const OPTIONS = {
  ...TOKEN_OPTIONS,
  environment: { type: 'string' },
  internal: { type: 'string' },
  patience: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** For each problem known from practice: reports what it saw, and what to do. */
export const doctor = {
  name: 'doctor',
  usage: `URL --environment KEY [--internal URL] ${TOKEN_USAGE} [--patience SECONDS] [--json]`,
  meaning:
    'examine a service from the outside, and report what is wrong and what to do: TLS, CORS, buffering, compression, idle time-outs, several instances, and more. With a token it publishes a test update to the environment. --internal is the address to which Flagsmith posts, if it is a different one. --patience is how long an idle stream is watched (20). Exits with 0 if there is no fault, else with 1',
  async run(args: readonly string[], terminal: Terminal): Promise<number> {
    const { values, positionals } = readArguments(doctor, args, OPTIONS, [1, 1]);
    if (values.environment === undefined)
      throw new Error('--environment is missing. Expected the client-side key of an environment.');
    const findings = await new Examination({
      url: new ServiceUrl(positionals[0] ?? ''),
      internal: values.internal === undefined ? undefined : new ServiceUrl(values.internal),
      environment: environmentIn(values.environment),
      token: tokenIn(values, terminal),
      patienceMs: patienceMs(values.patience),
    }).run();
    if (values.json === true) terminal.print(JSON.stringify(findings));
    else for (const finding of findings) terminal.print(textOf(finding));
    return findings.some(({ result }) => result === 'fault') ? 1 : 0;
  },
};

function patienceMs(text: string = DEFAULT_PATIENCE_SECONDS): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds <= 3600) return seconds * 1000;
  throw new Error(`invalid --patience: ${text}. Expected seconds, from 0 to 3600.`);
}
