import { closeSync, openSync, readSync } from 'node:fs';
/** The name of the variable that names a file with the secret in it, as container platforms mount them. */
export function fileVariable(name) {
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
export function withSecretsFromFiles(environment, secrets, problems) {
    const read = { ...environment };
    for (const name of secrets) {
        const path = environment[fileVariable(name)];
        if (path === undefined || path === '')
            continue;
        const secret = secretIn(path);
        const given = environment[name];
        if (given !== undefined && given !== '')
            problems.push(`${fileVariable(name)} and ${name} are both set`);
        else if ('wrong' in secret)
            problems.push(`${fileVariable(name)} ${secret.wrong}`);
        read[name] = 'text' in secret ? secret.text : 'unreadable';
    }
    return read;
}
function secretIn(path) {
    try {
        const bytes = beginningOf(path, MAX_SECRET_BYTES + 1);
        if (bytes.length > MAX_SECRET_BYTES)
            return { wrong: `names a file that is no secret, it is too long: ${path}` };
        const text = bytes.toString().replace(/\r?\n$/, '');
        return text === '' ? { wrong: `names an empty file: ${path}` } : { text };
    }
    catch (error) {
        return { wrong: `cannot be read: ${error.code ?? 'unknown error'} ${path}` };
    }
}
/** Not the whole file: a device has no size, and may have no end. */
function beginningOf(path, maxBytes) {
    const file = openSync(path, 'r');
    try {
        const bytes = Buffer.alloc(maxBytes);
        let length = 0;
        for (let read = -1; read !== 0 && length < maxBytes; length += read)
            read = readSync(file, bytes, length, maxBytes - length, null);
        return bytes.subarray(0, length);
    }
    finally {
        closeSync(file);
    }
}
//# sourceMappingURL=secret-files.js.map