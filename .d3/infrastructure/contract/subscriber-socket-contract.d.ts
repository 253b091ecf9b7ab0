import type { SubscriberSocketWorld } from './subscriber-socket-world.ts';
import type { TestRunner } from './test-runner.ts';
/**
 * Declares what a session may rely on in every transport, one case a guarantee of the port.
 *
 * ```ts
 * import { describe, it } from 'node:test'; // or from mocha
 * import { subscriberSocketContract } from 'halyard/contract';
 *
 * subscriberSocketContract({ describe, it }, mySocketWorld);
 * ```
 *
 * @param makeWorld makes a world without a stream; it is called once a case
 */
export declare function subscriberSocketContract({ describe, it }: TestRunner, makeWorld: () => SubscriberSocketWorld | Promise<SubscriberSocketWorld>): void;
