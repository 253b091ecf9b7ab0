import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackage } from "../tests/support/servers/debian-package.js";
/** The load generator and the environment in which it runs: the machine's own, else Debian's. */
export async function wrk() {
    try {
        await promisify(execFile)('which', ['wrk']);
        return ['wrk', process.env];
    }
    catch {
        const root = await unpackDebianPackage({ name: 'wrk', dependencies: true });
        const lib = join(root, 'usr/lib');
        const folders = (await readdir(lib).catch(() => [])).map((name) => join(lib, name));
        return [join(root, 'usr/bin/wrk'), { ...process.env, LD_LIBRARY_PATH: [lib, ...folders].join(':') }];
    }
}
//# sourceMappingURL=wrk.js.map