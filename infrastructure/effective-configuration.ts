import type { Variable } from '../adapters/common/variable.ts';
import { fileVariable } from './secret-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The values in effect, by the names of their variables, for the log and for `--check-config`. Of a secret only the
 * parts that it declares to be public are shown, or that it is set and how.
 *
 * @param environment what the configuration was read from
 * @param texts the value in effect for each variable, secrets from files included
 */
export function effectiveConfiguration(
  variables: readonly Variable[],
  environment: Environment,
  texts: (variable: Variable) => string,
): Record<string, string> {
  return Object.fromEntries(
    variables.map((variable) => {
      const text = texts(variable);
      if (variable.secret !== true) return [variable.name, text];
      return [variable.name, variable.shown?.(text) ?? secretShown(variable.name, environment)];
    }),
  );
}

function secretShown(name: string, environment: Environment): string {
  if (environment[name]) return '(set)';
  return environment[fileVariable(name)] ? '(set by file)' : '';
}
