import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, VARIABLES } from "../../../infrastructure/config.js";
import { fileVariable } from "../../../infrastructure/secret-files.js";
/** Reads an environment of a manifest as the service would, with a secret in place of each file of one. */
export function effective(environment) {
    const names = VARIABLES.flatMap(({ name, secret = false }) => secret ? [name, fileVariable(name)] : [name]);
    const unknown = Object.keys(environment).filter((name) => !names.includes(name));
    if (unknown.length > 0)
        throw new Error(`the service knows no ${unknown.join(', ')}`);
    const dir = mkdtempSync(join(tmpdir(), 'halyard-secrets-'));
    try {
        const given = Object.entries(environment).map(([name, value]) => {
            const secret = VARIABLES.find((variable) => variable.secret === true && fileVariable(variable.name) === name);
            if (secret === undefined)
                return [name, value];
            const path = join(dir, name);
            writeFileSync(path, name.startsWith('NATS_URL') ? 'nats://nats:4222' : 'token');
            return [name, path];
        });
        return readConfig(Object.fromEntries(given), 65_536);
    }
    finally {
        rmSync(dir, { recursive: true });
    }
}
//# sourceMappingURL=service-environment.js.map