import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { unpackDebianPackage } from "./debian-package.js";
/** @param path where the package has it, such as `usr/bin/h2load` */
export async function debianProgram(packageName, path) {
    const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
    for (const folder of folders) {
        const installed = join(folder, path.split('/').at(-1) ?? '');
        if (await isThere(installed))
            return { spawn: (args) => spawn(installed, args) };
    }
    const root = await unpackDebianPackage({ name: packageName, dependencies: true });
    const program = join(root, path);
    if (!(await isThere(program)))
        throw new Error(`the Debian package ${packageName} has no ${path}`);
    const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
    const libraries = [join(root, 'usr/lib', machine), join(root, 'lib', machine)].join(delimiter);
    return { spawn: (args) => spawn(program, args, { env: { ...process.env, LD_LIBRARY_PATH: libraries } }) };
}
function isThere(path) {
    return access(path).then(() => true, () => false);
}
//# sourceMappingURL=debian-program.js.map