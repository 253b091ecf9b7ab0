import { closeSync, openSync, readSync } from 'node:fs';

/** The variable that names a file with the secret in it, as container platforms mount them. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

/** Anything longer is not a secret: the wrong file was named. */
const MAX_SECRET_BYTES = 64 * 1024;

/**
 * The environment, with secrets from files filled in. One line end at the end of a file is not part of the secret.
 *
 * @param secrets the variables that may be given as a file
 * @param problems problems are added here; such a variable counts as set, so that it is not reported as missing as well
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
    if (given !== undefined && given !== '')
      problems.push(`${fileVariable(name)} and ${name} are both set: set one of them`);
    else if ('wrong' in secret) problems.push(`${fileVariable(name)} ${secret.wrong}`);
    read[name] = 'text' in secret ? secret.text : 'unreadable';
  }
  return read;
}

function secretIn(path: string): { readonly text: string } | { readonly wrong: string } {
  try {
    const bytes = beginningOf(path, MAX_SECRET_BYTES + 1);
    if (bytes.length > MAX_SECRET_BYTES)
      return { wrong: `must name a file of at most ${MAX_SECRET_BYTES} bytes; too long: ${path}` };
    const text = bytes.toString().replace(/\r?\n$/, '');
    return text === '' ? { wrong: `names an empty file: ${path}` } : { text };
  } catch (error) {
    return { wrong: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'} ${path}` };
  }
}

/** Does not read the whole file: a device has no size, and may be endless. */
function beginningOf(path: string, maxBytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(maxBytes);
    let length = 0;
    for (let read = -1; read !== 0 && length < maxBytes; length += read)
      read = readSync(file, bytes, length, maxBytes - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
