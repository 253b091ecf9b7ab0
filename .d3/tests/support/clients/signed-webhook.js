import { createHmac } from 'node:crypto';
import { WEBHOOK_SECRET } from "./captured-webhooks.js";
/** Signs a body as Flagsmith does. */
export function signed(body, secret = WEBHOOK_SECRET) {
    const bytes = Buffer.from(body);
    return { body: bytes, signature: createHmac('sha256', secret).update(bytes).digest('hex') };
}
/** An entry of the audit log, as far as it matters; `environment` is a key, and null for the whole project. */
export function auditLog(id, createdDate, environment, more = {}) {
    const project = { id: 1 };
    const its = environment === null ? null : { id: 1, api_key: environment, project: 1 };
    const data = { id, created_date: createdDate, environment: its, project, related_object_type: 'FEATURE', ...more };
    return JSON.stringify({ data, event_type: 'AUDIT_LOG_CREATED' });
}
/** A change of one flag, which names its environment by number. */
export function flagUpdated(timestamp, environment, project) {
    const state = { environment: { id: environment }, feature: { project: { id: project } } };
    return JSON.stringify({ data: { timestamp, new_state: state }, event_type: 'FLAG_UPDATED' });
}
//# sourceMappingURL=signed-webhook.js.map