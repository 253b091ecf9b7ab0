import { createRequire } from 'node:module';
import type * as UWebSockets from 'uWebSockets.js';

/** The least that a server can do on uWebSockets.js: one body for every request. Run as `bare-uws.js PORT BYTES`. */
const [port, bytes] = process.argv.slice(2).map(Number) as [number, number];
const { App } = createRequire(import.meta.url)('uWebSockets.js') as typeof UWebSockets;
const body = Buffer.alloc(bytes, 'x');

App()
  .any('/*', (response) => {
    response.onAborted(() => undefined);
    response.cork(() => {
      response.writeHeader('Content-Type', 'application/json');
      response.end(body);
    });
  })
  .listen('127.0.0.1', port, (socket) => {
    if (socket === false) process.exit(1);
  });
