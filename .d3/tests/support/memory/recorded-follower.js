import { RecordedFollower as ContractFollower, } from "../../../infrastructure/contract/recorded-follower.js";
/** The follower of the contract suites, as the NATS adapter's tests read it. */
export class RecordedFollower extends ContractFollower {
    get told() {
        return this.calls;
    }
}
//# sourceMappingURL=recorded-follower.js.map