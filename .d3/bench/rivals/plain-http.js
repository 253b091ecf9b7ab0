import { createServer } from 'node:http';
const [port, keepAliveSeconds] = process.argv.slice(2).map(Number);
const channels = new Map();
const lastByte = new Map();
let sequence = 0;
const server = createServer((request, response) => {
    const [, , , name = '', action] = (request.url ?? '').split('/');
    let channel = channels.get(name);
    if (channel === undefined)
        channels.set(name, (channel = { streams: new Set(), last: undefined }));
    if (action === 'stream')
        return stream(channel, response);
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
        publish(channel, body);
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
    });
});
server.keepAliveTimeout = 0;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
setInterval(() => {
    const due = performance.now() - keepAliveSeconds * 1000;
    for (const [response, sentMs] of lastByte)
        if (sentMs <= due)
            send(response, ':\n\n');
}, 1000);
function stream({ streams, last }, response) {
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
function publish(channel, body) {
    const value = /"updated_at":([\d.]+)/.exec(body)?.[1] ?? '0';
    channel.last = `event: environment_updated\nid: ${++sequence}-${value}\ndata: {"updated_at":${value}}\n\n`;
    for (const response of channel.streams)
        send(response, channel.last);
}
function send(response, text) {
    response.write(text);
    lastByte.set(response, performance.now());
}
//# sourceMappingURL=plain-http.js.map