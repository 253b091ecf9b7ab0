import { describe, it } from 'node:test';
import { subscriberSocketContract } from "../../infrastructure/contract/subscriber-socket-contract.js";
import { updateLogContract } from "../../infrastructure/contract/update-log-contract.js";
import { FAULTY_LOGS } from "./faulty-logs.js";
import { memoryLogWorld } from "./memory-log-world.js";
import { memorySocketWorld } from "./memory-socket-world.js";
/** The suites under node:test, on the memory adapters, or on a log that breaks the case that the environment names. */
const faulty = FAULTY_LOGS[process.env['FAULTY_LOG'] ?? ''];
updateLogContract({ describe, it }, () => memoryLogWorld(faulty));
if (faulty === undefined)
    subscriberSocketContract({ describe, it }, memorySocketWorld);
//# sourceMappingURL=node-test.process.js.map