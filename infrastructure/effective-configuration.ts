import { type Config, type Variable, VARIABLES } from './config.ts';
import { fileVariable } from './secret-files.ts';

/**
 * What holds, by the name of its variable, for the log and for `--check-config`. A secret is said to be set and by
 * what, and never shown.
 *
 * @param environment what the configuration was read from
 */
export function effectiveConfiguration(environment: NodeJS.ProcessEnv, config: Config): Record<string, string> {
  const known: Readonly<Record<string, string>> = {
    NATS_URL: config.natsAddress.redacted,
    MAX_SUBSCRIBERS: String(config.maxSubscribers),
  };
  return Object.fromEntries(
    VARIABLES.map((variable) => [variable.name, known[variable.name] ?? shown(environment, variable)]),
  );
}

function shown(environment: NodeJS.ProcessEnv, variable: Variable): string {
  const { name, secret = false, mayBeEmpty = false } = variable;
  const given = environment[name];
  const isGiven = given !== undefined && (given !== '' || mayBeEmpty);
  if (!secret) return isGiven ? given : (variable.default ?? '');
  if (isGiven) return '(set)';
  return environment[fileVariable(name)] ? '(set by file)' : '';
}
