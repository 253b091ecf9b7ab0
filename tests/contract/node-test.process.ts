import { describe, it } from 'node:test';
import { subscriberSocketContract } from '../../infrastructure/contract/subscriber-socket-contract.ts';
import { updateLogContract } from '../../infrastructure/contract/update-log-contract.ts';
import { FAULTY_LOGS } from './faulty-logs.ts';
import { memoryLogWorld } from './memory-log-world.ts';
import { memorySocketWorld } from './memory-socket-world.ts';

/** The suites under node:test, on the memory adapters, or on a log that breaks the case that the environment names. */
const faulty = FAULTY_LOGS[process.env['FAULTY_LOG'] ?? ''];

updateLogContract({ describe, it }, () => memoryLogWorld(faulty));
if (faulty === undefined) subscriberSocketContract({ describe, it }, memorySocketWorld);
