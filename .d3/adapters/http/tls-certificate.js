import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { createSecureContext } from 'node:tls';
import { messageOf } from "../common/message-of.js";
/** How often the files are read: they are small, and a mounted secret changes in ways that no file watch reports. */
const POLL_MS = 5000;
/** A chain of certificates has some kilobytes. */
const MAX_FILE_BYTES = 1_048_576;
/** The certificate and its key, as their files have them now. */
export class TlsCertificate {
    #files;
    #clock;
    #logger;
    /** What was read last, good or not. */
    #read;
    /** Why the files could not be used the last time they were looked at: the same mistake is reported once. */
    #refusal;
    #timer;
    #stopped = false;
    constructor(files, clock, logger) {
        this.#files = files;
        this.#clock = clock;
        this.#logger = logger;
    }
    /** @throws Error when the files cannot be read, or do not belong together */
    async load() {
        const { certFile, keyFile } = this.#files;
        try {
            const pair = await this.#readFiles();
            this.#read = pair;
            this.#check(pair);
            return pair;
        }
        catch (cause) {
            throw new Error(`cannot use the certificate ${certFile} with the key ${keyFile}: ${messageOf(cause)}`, { cause });
        }
    }
    /** Calls back with each new pair that can be used. One that cannot is logged, and the one before stays. */
    follow(changed) {
        if (this.#stopped)
            return;
        this.#timer = this.#clock.after(POLL_MS, () => {
            void this.#poll(changed).then(() => this.follow(changed));
        });
    }
    stop() {
        this.#stopped = true;
        this.#timer?.cancel();
    }
    async #poll(changed) {
        try {
            const pair = await this.#readFiles();
            if (this.#stopped || (pair.cert === this.#read?.cert && pair.key === this.#read.key))
                return;
            this.#read = pair;
            this.#check(pair);
            this.#refusal = undefined;
            changed(pair);
        }
        catch (cause) {
            const why = messageOf(cause);
            if (why !== this.#refusal)
                this.#logger.error('certificate_refused', { ...this.#files, reason: why });
            this.#refusal = why;
        }
    }
    async #readFiles() {
        const [cert, key] = await Promise.all([textOf(this.#files.certFile), textOf(this.#files.keyFile)]);
        return { cert, key };
    }
    #check(pair) {
        const certificate = new X509Certificate(pair.cert);
        // A TLS context would take an empty key, which is what a key file looks like while it is being written.
        if (!certificate.checkPrivateKey(createPrivateKey(pair.key)))
            throw new Error('the key is of another certificate');
        createSecureContext(pair);
        const { subject, validTo } = certificate;
        this.#logger.info('certificate_loaded', { subject, validTo });
    }
}
/** Read only as far as it may go: a device has no size, and may have no end. */
async function textOf(path) {
    const bytes = await buffer(createReadStream(path, { end: MAX_FILE_BYTES }));
    if (bytes.length > MAX_FILE_BYTES)
        throw new Error(`${path} is too long`);
    return bytes.toString();
}
//# sourceMappingURL=tls-certificate.js.map