import type { TestRunner } from './test-runner.ts';
import type { UpdateLogWorld } from './update-log-world.ts';
/**
 * Declares what every update log must do, one case a guarantee of the port. It runs on real time, because its worlds
 * have servers in them.
 *
 * ```ts
 * import { describe, it } from 'node:test'; // or from mocha
 * import { updateLogContract } from 'halyard/contract';
 *
 * updateLogContract({ describe, it }, myLogWorld);
 * ```
 *
 * @param makeWorld makes a world with an empty store; it is called once a case
 */
export declare function updateLogContract({ describe, it }: TestRunner, makeWorld: () => UpdateLogWorld | Promise<UpdateLogWorld>): void;
