import { describe, it } from 'mocha';
import { updateLogContract } from "../../../infrastructure/contract/update-log-contract.js";
import { memoryLogWorld } from "../../contract/memory-log-world.js";
describe('MemoryLog', () => updateLogContract({ describe, it }, memoryLogWorld));
describe('MemoryLog, when it refuses appends while it is away,', () => updateLogContract({ describe, it }, () => memoryLogWorld({ awayAppends: 'refuse' })));
//# sourceMappingURL=memory-log.test.js.map