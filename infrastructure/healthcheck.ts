import { request } from 'node:http';
import type { ListenAddress } from '../adapters/http/listen-address.ts';

/** Docker gives a health check 30 s, and then kills it without showing a reason. */
const TIMEOUT_MS = 5000;

/**
 * Probes the service that runs beside this process: for containers, because the image has no curl.
 *
 * @returns undefined if it answered 200, else why it did not
 */
export function healthcheck(addresses: readonly ListenAddress[], path: string): Promise<string | undefined> {
  const { host, port } = addresses[0] ?? { host: '', port: 0 };
  // An address that means all addresses of the machine cannot be connected to.
  const hostname = host === '' || host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return new Promise((resolve) => {
    const asked = request({ hostname, port, path, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : `${path} answered ${response.statusCode}, not 200`);
    });
    asked.on('timeout', () => asked.destroy(new Error(`${path} does not answer`)));
    asked.on('error', (error) => resolve(error.message || `cannot connect to ${hostname}:${port}`));
    asked.end();
  });
}
