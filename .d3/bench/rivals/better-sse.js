import { createChannel, createSession } from 'better-sse';
import { createServer } from 'node:http';
const [port, keepAliveSeconds] = process.argv.slice(2).map(Number);
// Its own JSON would drop a zero at the end of a number, by which the load tells updates apart.
const options = { keepAlive: keepAliveSeconds * 1000, retry: 3000, serializer: String };
const environments = new Map();
const server = createServer((request, response) => {
    const [, , , name = '', action] = (request.url ?? '').split('/');
    let environment = environments.get(name);
    if (environment === undefined)
        environments.set(name, (environment = { channel: createChannel(), last: undefined }));
    if (action === 'stream') {
        void createSession(request, response, options).then((session) => {
            environment.channel.register(session);
            if (environment.last !== undefined)
                session.push(environment.last, 'environment_updated');
        });
        return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
        environment.last = body;
        environment.channel.broadcast(environment.last, 'environment_updated');
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
    });
});
server.keepAliveTimeout = 0;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
//# sourceMappingURL=better-sse.js.map