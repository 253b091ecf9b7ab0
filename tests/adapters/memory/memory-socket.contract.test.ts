import { describe, it } from 'mocha';
import { subscriberSocketContract } from '../../../infrastructure/contract/subscriber-socket-contract.ts';
import { memorySocketWorld } from '../../contract/memory-socket-world.ts';

describe('MemorySocket', () => subscriberSocketContract({ describe, it }, memorySocketWorld));
