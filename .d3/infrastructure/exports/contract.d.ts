/** `halyard/contract`: the suites that every adapter of a port passes, for any test runner. */
export { Patience } from '../contract/patience.ts';
export { type FollowerCall, RecordedFollower } from '../contract/recorded-follower.ts';
export { subscriberSocketContract } from '../contract/subscriber-socket-contract.ts';
export type { HeldStream, StreamPeer, SubscriberSocketWorld } from '../contract/subscriber-socket-world.ts';
export type { TestRunner } from '../contract/test-runner.ts';
export { updateLogContract } from '../contract/update-log-contract.ts';
export type { UpdateLogWorld } from '../contract/update-log-world.ts';
