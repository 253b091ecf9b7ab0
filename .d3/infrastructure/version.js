import { readFileSync } from 'node:fs';
/** The version of the package, which is the version of the image too. The compiled file lies two folders below it. */
export function version() {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return JSON.parse(text).version;
}
//# sourceMappingURL=version.js.map