import type { Variable } from '../adapters/common/variable.ts';
import { VARIABLES } from './config.ts';
import { fileVariable } from './secret-files.ts';
import { doctor } from './terminal/doctor.ts';
import { publish } from './terminal/publish.ts';
import type { Tool } from './terminal/tool.ts';
import { watch } from './terminal/watch.ts';

const TOOLS: readonly Tool[] = [doctor, watch, publish];

/** What the service was started to do. */
export type Command =
  | { readonly kind: 'serve' | 'help' | 'version' | 'check-config' }
  | { readonly kind: 'healthcheck'; readonly probe: '/livez' | '/readyz' }
  | { readonly kind: 'tool'; readonly tool: Tool; readonly args: readonly string[] }
  | { readonly kind: 'mistake'; readonly message: string };

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['', { kind: 'serve' }],
  // The older image took this argument; deployments still pass it.
  ['serve', { kind: 'serve' }],
  ['--help', { kind: 'help' }],
  ['-h', { kind: 'help' }],
  ['--version', { kind: 'version' }],
  ['--check-config', { kind: 'check-config' }],
  ['serve --check-config', { kind: 'check-config' }],
  ['healthcheck', { kind: 'healthcheck', probe: '/livez' }],
  ['healthcheck ready', { kind: 'healthcheck', probe: '/readyz' }],
]);

/** @param args what follows the program's name */
export function readCommand(args: readonly string[]): Command {
  const command = COMMANDS.get(args.join(' '));
  if (command !== undefined) return command;
  const tool = TOOLS.find(({ name }) => name === args[0]);
  if (tool !== undefined) return { kind: 'tool', tool, args: args.slice(1) };
  const unknown = args.find((arg) => ![...COMMANDS.keys()].some((known) => known.split(' ').includes(arg)));
  const what = unknown === undefined ? 'these arguments cannot be combined' : 'unknown argument';
  return { kind: 'mistake', message: `${what}: ${unknown ?? args.join(' ')}. See --help.` };
}

const LINE = 100;
const INDENT = '      ';

const USAGE = `Halyard: real-time flag updates for self-hosted Flagsmith.

Usage: halyard [serve | healthcheck [ready] | --check-config | --version | --help]
${TOOLS.map(({ name, usage }) => `       halyard ${name} ${usage}\n`).join('')}
In a clone of the repository, halyard is "node dist/infrastructure/main.js"; in a folder that has the package installed,
"npx --no-install halyard".

  serve             run the service (the default); SIGTERM drains it, a second signal ends it at once
  healthcheck       ask the service that runs with this environment whether it is alive; exit 0 if so, else 1
  healthcheck ready the same, whether it is ready for clients
  --check-config    print the effective configuration, or every mistake in it; exit 0 if there is none
  --version         print the version
  --help            print this

${TOOLS.map(({ name, meaning }) => `  ${name}\n${wrap(meaning)}\n`).join('')}
It is configured by environment variables:
`;

export function helpText(): string {
  return `${USAGE}\n${VARIABLES.map(describe).join('\n')}`;
}

function describe(variable: Variable): string {
  const { name, default: otherwise, defaultText = otherwise, meaning, secret = false } = variable;
  const head = `  ${name}${defaultText === undefined ? '' : ` (${defaultText})`}`;
  const alternative = secret ? ` Or ${fileVariable(name)}: the path of a file that holds it.` : '';
  return `${head}\n${wrap(meaning + alternative)}\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${INDENT}${word}`);
  }
  return lines.join('\n');
}
