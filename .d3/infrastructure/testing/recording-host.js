import { WriteTally } from "../../domain/write-tally.js";
/** A hub that does nothing but keep what a channel asks of it, in order. */
export class RecordingHost {
    retentionMs = 3_600_000;
    tally = new WriteTally();
    calls = [];
    /** What sockets and encoders threw. */
    failures = [];
    /** The calls since the last time. */
    take() {
        return this.calls.splice(0);
    }
    encodingFailed(_update, error) {
        this.failures.push(error.message);
    }
    requestSlice(_channel) {
        this.calls.push('requestSlice');
    }
    streamFailed(_channel, error) {
        this.failures.push(error.message);
    }
    passEnded(_channel) {
        this.calls.push('passEnded');
    }
    sessionLeft() {
        this.calls.push('sessionLeft');
    }
    emptied(_channel) {
        this.calls.push('emptied');
    }
}
//# sourceMappingURL=recording-host.js.map