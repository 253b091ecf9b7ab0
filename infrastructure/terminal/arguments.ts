import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import { withSecretsFromFiles } from '../secret-files.ts';
import type { Terminal, Tool } from './tool.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/**
 * A tool's options and the arguments between them.
 *
 * @param counts how many arguments it takes at least and at most
 * @throws Error that names the mistake and shows the usage
 */
export function readArguments<T extends Options>(
  { name, usage }: Pick<Tool, 'name' | 'usage'>,
  args: readonly string[],
  options: T,
  [min, max]: readonly [min: number, max: number],
): Parsed<T> {
  const expected = `Usage: halyard ${name} ${usage}`;
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const count = parsed.positionals.length;
    if (count < min) throw new Error('an argument is missing');
    if (count > max) throw new Error(`too many arguments: ${parsed.positionals.slice(max).join(' ')}`);
    return parsed;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${expected}`, { cause: error });
  }
}

/** @throws Error if the text is not a valid environment key */
export function environmentIn(text: string): EnvironmentId {
  const environment = parseEnvironmentId(text);
  if (environment !== undefined) return environment;
  throw new Error(`invalid environment key: ${text}. Expected 1 to 100 characters of A-Z a-z 0-9 _ -.`);
}

/** The options that give a tool the token. */
export const TOKEN_OPTIONS = { token: { type: 'string' }, 'token-file': { type: 'string' } } as const;
export const TOKEN_USAGE = '[--token-file FILE | --token TOKEN]';

const TOKEN = 'SSE_AUTHENTICATION_TOKEN';

/**
 * The token that Flagsmith sends: from a file, an option, or the environment variables that the service reads.
 *
 * @returns undefined if none is given
 * @throws Error if it cannot be read, or is given twice
 */
export function tokenIn(
  values: { readonly token?: string | undefined; readonly 'token-file'?: string | undefined },
  { environment, warn }: Pick<Terminal, 'environment' | 'warn'>,
): string | undefined {
  const { token, 'token-file': file } = values;
  if (token !== undefined) {
    if (file !== undefined) throw new Error('--token and --token-file are both given: give one of them');
    warn('every user that can list the processes of this machine can read --token. Use --token-file instead.');
    return token;
  }
  const problems: string[] = [];
  const given = file === undefined ? environment : { [`${TOKEN}_FILE`]: file };
  const found = withSecretsFromFiles(given, [TOKEN], problems)[TOKEN];
  if (problems.length > 0)
    throw new Error(problems[0]?.replace(`${TOKEN}_FILE`, file === undefined ? '$&' : '--token-file'));
  return found === '' ? undefined : found;
}

/** @throws Error if no token is given */
export function requiredToken(...given: Parameters<typeof tokenIn>): string {
  const token = tokenIn(...given);
  if (token === undefined) throw new Error(`a token is needed: set ${TOKEN} or ${TOKEN}_FILE, or give --token-file`);
  return token;
}
