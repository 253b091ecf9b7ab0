import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from "./certificate.js";
/** A private authority, and the files that a nats-server and its clients have from it. */
export class NatsIdentityFiles {
    #folder = mkdtempSync(join(tmpdir(), 'halyard-nats-files-'));
    #authority = makeCertificate({ commonName: 'a private authority' });
    constructor() {
        this.renew();
    }
    path(name) {
        return join(this.#folder, name);
    }
    put(name, text) {
        writeFileSync(this.path(name), text, { mode: 0o600 });
        return this.path(name);
    }
    /** Puts a pair into files with this name. Without options the certificate is for `localhost` and 127.0.0.1. */
    issue(name, options = {}) {
        const { cert, key } = makeCertificate({ commonName: name, issuer: this.#authority, ...options });
        this.put(`${name}.crt`, cert);
        this.put(`${name}.key`, key);
    }
    /** Another authority takes the place of this one, with new certificates for all. */
    renew() {
        this.#authority = makeCertificate({ commonName: 'a private authority' });
        this.put('ca.crt', this.#authority.cert);
        this.issue('server');
        this.issue('client');
    }
    /** The server's side. */
    tls(more = '', name = 'server') {
        return `tls { cert_file: "${this.path(`${name}.crt`)}", key_file: "${this.path(`${name}.key`)}", timeout: 5, ${more} }`;
    }
    get ca() {
        return { NATS_CA_FILE: this.path('ca.crt') };
    }
    get client() {
        return { NATS_CERT_FILE: this.path('client.crt'), NATS_KEY_FILE: this.path('client.key') };
    }
    close() {
        rmSync(this.#folder, { recursive: true, force: true });
        return Promise.resolve();
    }
}
//# sourceMappingURL=nats-identity-files.js.map