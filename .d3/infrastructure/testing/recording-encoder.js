import { SseEncoder } from "../../adapters/http/sse.js";
/** The dialect of the SDKs, with a count of what was encoded. */
export class RecordingEncoder {
    encoded = 0;
    /** An encoder with a bug throws. */
    hasBug = false;
    #dialect = new SseEncoder('environment_updated');
    get keepAlive() {
        return this.#dialect.keepAlive;
    }
    encode(update) {
        this.encoded++;
        if (this.hasBug)
            throw new Error('an encoder with a bug');
        return this.#dialect.encode(update);
    }
}
//# sourceMappingURL=recording-encoder.js.map