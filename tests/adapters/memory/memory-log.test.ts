import { describe, it } from 'mocha';
import { updateLogContract } from '../../../infrastructure/contract/update-log-contract.ts';
import { memoryLogWorld } from '../../contract/memory-log-world.ts';

describe('MemoryLog', () => updateLogContract({ describe, it }, memoryLogWorld));

describe('MemoryLog, when it refuses appends while it is unreachable,', () =>
  updateLogContract({ describe, it }, () => memoryLogWorld({ awayAppends: 'refuse' })));
