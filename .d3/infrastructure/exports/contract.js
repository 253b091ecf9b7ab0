/** `halyard/contract`: the suites that every adapter of a port passes, for any test runner. */
export { Patience } from "../contract/patience.js";
export { RecordedFollower } from "../contract/recorded-follower.js";
export { subscriberSocketContract } from "../contract/subscriber-socket-contract.js";
export { updateLogContract } from "../contract/update-log-contract.js";
//# sourceMappingURL=contract.js.map