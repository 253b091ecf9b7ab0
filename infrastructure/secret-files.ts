import { readFileSync } from 'node:fs';

/** The name of the variable that names a file with the secret in it, as container platforms mount them. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

/** Longer ones are none: somebody named the wrong file. */
const MAX_SECRET_BYTES = 64 * 1024;

/**
 * The environment with the secrets in it that lie in files. One line end at the end of a file belongs to the file and
 * not to the secret.
 *
 * @param secrets the variables that may be given as a file
 * @param problems what is wrong is added here; such a variable counts as set, so that it is not called missing as well
 */
export function withSecretsFromFiles(
  environment: NodeJS.ProcessEnv,
  secrets: readonly string[],
  problems: string[],
): NodeJS.ProcessEnv {
  const read = { ...environment };
  for (const name of secrets) {
    const path = environment[fileVariable(name)];
    if (path === undefined || path === '') continue;
    const secret = secretIn(path);
    const given = environment[name];
    if (given !== undefined && given !== '') problems.push(`${fileVariable(name)} and ${name} are both set`);
    else if ('wrong' in secret) problems.push(`${fileVariable(name)} ${secret.wrong}`);
    read[name] = 'text' in secret ? secret.text : 'unreadable';
  }
  return read;
}

function secretIn(path: string): { readonly text: string } | { readonly wrong: string } {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (text === '') return { wrong: `names an empty file: ${path}` };
    if (text.length > MAX_SECRET_BYTES) return { wrong: `names a file that is no secret, it is too long: ${path}` };
    return { text };
  } catch (error) {
    return { wrong: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'} ${path}` };
  }
}
