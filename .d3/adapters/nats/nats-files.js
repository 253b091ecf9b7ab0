import { credsAuthenticator } from '@nats-io/transport-node';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { fieldsOf } from "./untrusted.js";
/** A bundle of all public authorities has a quarter of it. What is longer is the wrong file. */
const MAX_FILE_BYTES = 1 << 20;
/**
 * Reads the files and checks that they can be used. This happens again for each connection, because certificates and
 * credentials are replaced while the service runs. It is synchronous: they are a few small local files.
 *
 * @returns what they hold, or every mistake in them
 */
export function readNatsFiles(files) {
    const invalid = [];
    const texts = {};
    for (const [name, path] of Object.entries(files)) {
        const read = textIn(path);
        const wrong = 'wrong' in read ? read.wrong : CHECKS[name](read.text);
        if (wrong !== undefined)
            invalid.push({ name, what: `${wrong}: ${path}` });
        if ('text' in read)
            texts[name] = read.text;
    }
    const { NATS_CA_FILE: ca, NATS_CERT_FILE: cert, NATS_KEY_FILE: key, NATS_CREDS_FILE: creds } = texts;
    if (invalid.length === 0 && cert !== undefined && key !== undefined) {
        const wrong = pairMistake(cert, key);
        if (wrong !== undefined)
            invalid.push({ name: 'NATS_KEY_FILE', what: `${wrong}: ${files.NATS_KEY_FILE}` });
    }
    if (invalid.length > 0)
        return { invalid };
    const tls = {
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined || key === undefined ? {} : { cert, key }),
    };
    return {
        tls: Object.keys(tls).length === 0 ? undefined : tls,
        authenticator: creds === undefined ? undefined : authenticatorOf(creds),
    };
}
/** What is wrong with the text of each; undefined: nothing. */
const CHECKS = {
    NATS_CA_FILE: certificateMistake,
    NATS_CERT_FILE: certificateMistake,
    NATS_KEY_FILE: (text) => (succeeds(() => createPrivateKey(text)) ? undefined : 'holds no PEM key without a password'),
    NATS_CREDS_FILE: credentialsMistake,
};
function textIn(path) {
    try {
        const found = statSync(path);
        // A pipe may never end, and neither do some devices.
        if (!found.isFile())
            return { wrong: 'is not a file' };
        if (found.size > MAX_FILE_BYTES)
            return { wrong: 'is too long to be one' };
        return { text: readFileSync(path, 'utf8') };
    }
    catch (error) {
        return { wrong: `cannot be read (${error.code ?? 'unknown error'})` };
    }
}
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Node silently ignores an authority that it cannot read, and would then trust nobody. */
function certificateMistake(text) {
    const certificates = text.match(CERTIFICATE) ?? [];
    const isGood = certificates.length > 0 && certificates.every((pem) => succeeds(() => new X509Certificate(pem)));
    return isGood ? undefined : 'holds no PEM certificate, or one that cannot be read';
}
function pairMistake(cert, key) {
    const belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    if (!belongs)
        return 'holds the key of another certificate than NATS_CERT_FILE';
    return succeeds(() => createSecureContext({ cert, key })) ? undefined : 'and NATS_CERT_FILE cannot be used for TLS';
}
function credentialsMistake(text) {
    try {
        const shown = authenticatorOf(text)('nonce');
        if (typeof shown !== 'object' || !('jwt' in shown))
            return NO_CREDENTIALS;
        const payload = Buffer.from(shown.jwt.split('.')[1] ?? '', 'base64url').toString();
        const subject = fieldsOf(JSON.parse(payload))?.sub;
        return subject === shown.nkey ? undefined : 'holds the seed of another user than its JWT';
    }
    catch {
        return NO_CREDENTIALS;
    }
}
const NO_CREDENTIALS = 'holds no credentials, which are a JWT and its seed as nsc writes them';
function authenticatorOf(creds) {
    // The client wants line ends without carriage returns, and one behind the last line, which editors differ about.
    return credsAuthenticator(new TextEncoder().encode(`${creds.replaceAll('\r\n', '\n')}\n`));
}
function succeeds(attempt) {
    try {
        attempt();
        return true;
    }
    catch {
        return false;
    }
}
//# sourceMappingURL=nats-files.js.map