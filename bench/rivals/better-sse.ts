import { createChannel, createSession } from 'better-sse';
import { createServer } from 'node:http';

/**
 * The better-sse library on node:http, as its guide has it: a channel for each environment. A new subscriber receives the last
 * event. Run as `better-sse.js PORT KEEP_ALIVE_SECONDS`.
 */
interface Environment {
  readonly channel: ReturnType<typeof createChannel>;
  last: string | undefined;
}

const [port, keepAliveSeconds] = process.argv.slice(2).map(Number) as [number, number];
// Its own JSON would drop a final zero of the number by which the load distinguishes updates.
const options = { keepAlive: keepAliveSeconds * 1000, retry: 3000, serializer: String };
const environments = new Map<string, Environment>();

const server = createServer((request, response) => {
  const [, , , name = '', action] = (request.url ?? '').split('/');
  let environment = environments.get(name);
  if (environment === undefined) environments.set(name, (environment = { channel: createChannel(), last: undefined }));
  if (action === 'stream') {
    void createSession(request, response, options).then((session) => {
      environment.channel.register(session);
      if (environment.last !== undefined) session.push(environment.last, 'environment_updated');
    });
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    environment.last = body;
    environment.channel.broadcast(environment.last, 'environment_updated');
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
  });
});
server.keepAliveTimeout = 0;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
