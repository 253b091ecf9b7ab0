import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from "./certificate.js";
/** A certificate and its key in files of a test's own. */
export class CertificateFiles {
    certFile;
    keyFile;
    #folder;
    constructor(folder) {
        this.#folder = folder;
        this.certFile = join(folder, 'tls.crt');
        this.keyFile = join(folder, 'tls.key');
    }
    static async make() {
        const files = new CertificateFiles(await mkdtemp(join(tmpdir(), 'halyard-tls-')));
        await files.put(makeCertificate());
        return files;
    }
    /** What makes the service speak TLS on a free port. */
    get environment() {
        return { HTTP2_LISTEN_ADDR: '127.0.0.1:0', TLS_CERT_FILE: this.certFile, TLS_KEY_FILE: this.keyFile };
    }
    async put({ cert, key }) {
        await writeFile(this.keyFile, key, { mode: 0o600 });
        await writeFile(this.certFile, cert);
    }
    async remove() {
        await rm(this.#folder, { recursive: true, force: true });
    }
}
//# sourceMappingURL=certificate-files.js.map