import { request } from 'node:http';
/** Docker gives a health check 30 s and then kills it without a word. */
const TIMEOUT_MS = 5000;
/**
 * Asks the service that runs beside this process: for containers, whose images have no curl.
 *
 * @returns undefined when it answered 200, else why it did not
 */
export function healthcheck(addresses, path) {
    const { host, port } = addresses[0] ?? { host: '', port: 0 };
    // An address that means all of the machine's is no address to connect to.
    const hostname = host === '' || host === '0.0.0.0' || host === '::' ? 'localhost' : host;
    return new Promise((resolve) => {
        const asked = request({ hostname, port, path, timeout: TIMEOUT_MS }, (response) => {
            response.resume();
            resolve(response.statusCode === 200 ? undefined : `${path} says ${response.statusCode}`);
        });
        asked.on('timeout', () => asked.destroy(new Error(`${path} does not answer`)));
        asked.on('error', (error) => resolve(error.message || `cannot connect to ${hostname}:${port}`));
        asked.end();
    });
}
//# sourceMappingURL=healthcheck.js.map