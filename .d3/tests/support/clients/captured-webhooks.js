import { readdirSync, readFileSync } from 'node:fs';
import { pathOf } from "../documents/repository.js";
export const WEBHOOK_SECRET = 'whsecret';
const FOLDER = pathOf('tests/support/clients/captured-webhooks');
/** What a real Flagsmith sent. */
export function capturedWebhooks() {
    return readdirSync(FOLDER)
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length))
        .map((name) => ({
        name,
        body: readFileSync(`${FOLDER}/${name}.json`),
        signature: readFileSync(`${FOLDER}/${name}.signature`, 'utf8').trim(),
    }));
}
export function capturedWebhook(name) {
    const found = capturedWebhooks().find((captured) => captured.name === name);
    if (found === undefined)
        throw new Error(`no webhook was captured under the name ${name}`);
    return found;
}
//# sourceMappingURL=captured-webhooks.js.map