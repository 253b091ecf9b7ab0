import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
const run = promisify(execFile);
const SOURCES = fileURLToPath(new URL('../../bench/native/', import.meta.url));
const BINARIES = fileURLToPath(new URL('./native/', import.meta.url));
/** Compiles one of the C programs. Undefined where the machine has no C compiler; `CC` names another one. */
export async function compile(name) {
    await mkdir(BINARIES, { recursive: true });
    const binary = `${BINARIES}${name}`;
    try {
        await run(process.env['CC'] ?? 'cc', ['-O2', '-Wall', '-o', binary, `${SOURCES}${name}.c`]);
        return binary;
    }
    catch (error) {
        if (error.code === 'ENOENT')
            return undefined;
        throw error;
    }
}
//# sourceMappingURL=native.js.map