import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

/**
 * What you would write on node:http without a library: a set of responses for each environment, its last event, and
 * one sweep for keep-alives. Run as `plain-http.js PORT KEEP_ALIVE_SECONDS [TLS_PORT CERT_FILE KEY_FILE]`.
 */
interface Channel {
  readonly streams: Set<ServerResponse>;
  last: string | undefined;
}

const [port, keepAliveSeconds] = process.argv.slice(2).map(Number) as [number, number];
const [tlsPort, certFile = '', keyFile = ''] = process.argv.slice(4);
const channels = new Map<string, Channel>();
const lastByte = new Map<ServerResponse, number>();
let sequence = 0;

const serve: RequestListener = (request, response) => {
  const [, , , name = '', action] = (request.url ?? '').split('/');
  let channel = channels.get(name);
  if (channel === undefined) channels.set(name, (channel = { streams: new Set(), last: undefined }));
  if (action === 'stream') return stream(channel, response);
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    publish(channel, body);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
  });
};
const server = createServer(serve);
server.keepAliveTimeout = 0;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
if (tlsPort !== undefined) {
  const secureServer = createSecureServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, serve);
  secureServer.keepAliveTimeout = 0;
  secureServer.listen({ port: Number(tlsPort), host: '127.0.0.1', backlog: 4096 });
}

setInterval(() => {
  const due = performance.now() - keepAliveSeconds * 1000;
  for (const [response, sentMs] of lastByte) if (sentMs <= due) send(response, ':\n\n');
}, 1000);

function stream({ streams, last }: Channel, response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
    'Access-Control-Allow-Origin': '*',
  });
  send(response, `: connected\nretry: 3000\n\n${last ?? ''}`);
  streams.add(response);
  response.on('close', () => {
    streams.delete(response);
    lastByte.delete(response);
  });
}

function publish(channel: Channel, body: string): void {
  const value = /"updated_at":([\d.]+)/.exec(body)?.[1] ?? '0';
  channel.last = `event: environment_updated\nid: ${++sequence}-${value}\ndata: {"updated_at":${value}}\n\n`;
  for (const response of channel.streams) send(response, channel.last);
}

function send(response: ServerResponse, text: string): void {
  response.write(text);
  lastByte.set(response, performance.now());
}
