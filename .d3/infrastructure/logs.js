import { MEMORY } from "../adapters/memory/memory-kind.js";
import { NATS } from "../adapters/nats/nats-kind.js";
/** The logs that the service can be run on. The first one is the default of `UPDATE_LOG`. */
export const LOGS = [NATS, MEMORY];
//# sourceMappingURL=logs.js.map