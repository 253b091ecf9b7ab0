import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { NatsServer } from '../tests/support/servers/nats-server.ts';
import { TOKEN } from '../tests/support/servers/running-service.ts';
import { ServiceProcess } from '../tests/support/servers/service-process.ts';

/**
 * From a POST at one instance to its event at a subscriber of another, over JetStream on files: `node
 * dist/bench/delivery.js [--updates 2000]`. One update after the other, so it is latency and not throughput.
 */
const { values } = parseArgs({ options: { updates: { type: 'string', default: '2000' } } });
const WARM_UP = 200;

const server = await NatsServer.start();
const environment = { UPDATE_LOG: 'nats', NATS_URL: server.url };
const instances = [await ServiceProcess.start(environment), await ServiceProcess.start(environment)] as const;
try {
  for (const instance of instances) await instance.logged('log_caught_up');
  const [a, b] = instances;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let received: (text: string) => void = () => undefined;
  const subscriber = connect({ port: b.port, host: '127.0.0.1' }).setEncoding('latin1');
  subscriber.write('GET /sse/environments/bench/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(subscriber, 'data');
  // An event is one write, and on loopback one packet.
  subscriber.on('data', (text: string) => received(text));

  const post = (body: string): Promise<unknown> => {
    const path = '/sse/environments/bench/queue-change';
    const headers = { Authorization: `Token ${TOKEN}`, 'Content-Length': body.length };
    const sent = request({ port: a.port, path, method: 'POST', agent, headers }).end(body);
    return once(sent, 'response').then(([answer]) => once((answer as IncomingMessage).resume(), 'end'));
  };
  const latencies: number[] = [];
  for (let update = 1; update <= Number(values.updates) + WARM_UP; update++) {
    const body = `{"updated_at":${1_733_480_000 + update}.000000}`;
    const arrived = new Promise<void>((resolve) => {
      received = (text) => {
        if (text.includes(body)) resolve();
      };
    });
    const startedMs = performance.now();
    const answered = post(body);
    await arrived;
    if (update > WARM_UP) latencies.push(performance.now() - startedMs);
    await answered;
  }
  latencies.sort((x, y) => x - y);
  const at = (share: number): string => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
  console.log(
    `POST to delivery at a second instance: median ${at(0.5)} ms, p99 ${at(0.99)} ms, ${latencies.length} updates`,
  );
  agent.destroy();
  subscriber.destroy();
} finally {
  for (const instance of instances) await instance.kill();
  await server.close();
}
