import { type FollowerCall, RecordedFollower as ContractFollower } from '../../../infrastructure/contract/recorded-follower.ts';
/** The follower of the contract suites, as the NATS adapter's tests read it. */
export declare class RecordedFollower extends ContractFollower {
    get told(): readonly FollowerCall[];
}
