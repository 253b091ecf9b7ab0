import { describe, it } from 'mocha';
import { subscriberSocketContract } from "../../../infrastructure/contract/subscriber-socket-contract.js";
import { memorySocketWorld } from "../../contract/memory-socket-world.js";
describe('MemorySocket', () => subscriberSocketContract({ describe, it }, memorySocketWorld));
//# sourceMappingURL=memory-socket.contract.test.js.map