import { NATS_LOSSES, NATS_OPERATIONS } from "./nats-labels.js";
import { NatsLog } from "./nats-log.js";
import { NATS_SETTINGS } from "./nats-settings.js";
export const NATS = {
    name: 'nats',
    summary: 'on NATS JetStream',
    isShared: true,
    operations: NATS_OPERATIONS,
    losses: NATS_LOSSES,
    settings: NATS_SETTINGS,
    make: (settings, { retentionMs, ...parts }) => new NatsLog({ ...settings, retentionMs }, parts),
};
//# sourceMappingURL=nats-kind.js.map