import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/raw-client.ts';
import { TOKEN } from '../support/running-service.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { Random } from '../simulation/random.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly clients: number;
  readonly environment?: Record<string, string>;
  readonly onSample?: (sample: Sample) => void;
}

export interface Sample {
  readonly seconds: number;
  readonly residentMb: number;
  readonly files: number;
  readonly subscribers: number;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  readonly posts: number;
  readonly streams: number;
  /** The slope of resident memory over the second half of the run. */
  readonly mbPerHour: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly subscribersAfter: number;
  readonly channelsAfter: number;
  readonly exitCode: number;
}

/** Short, so that environments come to be forgotten within the run. */
const RETENTION_SECONDS = 2;
const ENVIRONMENTS = 50;
const SAMPLE_MS = 1000;

/**
 * Runs the service as a process of its own under churn: streams that come, stay, stop reading, and go by every way,
 * and changes all the while. At the end everybody goes, and nothing may be left.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const random = new Random(1);
  const service = await ServiceProcess.start({
    RETENTION_SECONDS: String(RETENTION_SECONDS),
    KEEP_ALIVE_SECONDS: '1',
    CONGESTED_SECONDS: '5',
    MAX_STREAM_AGE_SECONDS: '20',
    ...options.environment,
  });
  try {
    const filesBefore = files(service.pid);
    const clients = new Set<RawClient>();
    const samples: Sample[] = [];
    const counts = { posts: 0, streams: 0 };
    const beganMs = performance.now();
    const secondsGone = (): number => (performance.now() - beganMs) / 1000;
    let sampledMs = 0;
    while (secondsGone() < options.seconds) {
      for (const client of clients) if (client.ending !== 'open' && clients.delete(client)) client.destroy();
      await churn(service.port, clients, options.clients, random, counts);
      if (performance.now() - sampledMs < SAMPLE_MS) continue;
      sampledMs = performance.now();
      const sample = {
        seconds: secondsGone(),
        residentMb: residentMb(service.pid),
        files: files(service.pid),
        subscribers: await metric(service, 'flagsmith_sse_subscribers'),
      };
      samples.push(sample);
      options.onSample?.(sample);
    }
    for (const client of clients) client.destroy();
    const left = async (): Promise<number[]> => [
      await metric(service, 'flagsmith_sse_subscribers'),
      await metric(service, 'halyard_channels'),
    ];
    await eventually('everybody to be gone', async () => (await left()).every((count) => count === 0), 60_000);
    // The connection by which the metrics are read is one of them, and may stay.
    await eventually('every file to be closed', () => files(service.pid) <= filesBefore + 3, 60_000);
    const [subscribersAfter = -1, channelsAfter = -1] = await left();
    const filesAfter = files(service.pid);
    service.signal('SIGTERM');
    const exitCode = await service.exited();
    return {
      samples,
      ...counts,
      mbPerHour: slope(samples),
      filesBefore,
      filesAfter,
      subscribersAfter,
      channelsAfter,
      exitCode,
    };
  } finally {
    await service.kill();
  }
}

/** A handful of comings, goings and changes. */
async function churn(
  port: number,
  clients: Set<RawClient>,
  most: number,
  random: Random,
  counts: { posts: number; streams: number },
): Promise<void> {
  const any = [...clients];
  for (let step = 0; step < 20; step++) {
    const client = random.pick(any);
    switch (random.below(6)) {
      case 0:
      case 1: {
        if (clients.size >= most) break;
        const opened = await RawClient.connect(port, '127.0.0.1', { keeps: 1000 });
        opened.send(`GET /sse/environments/env-${random.below(ENVIRONMENTS)}/stream HTTP/1.1\r\nHost: h\r\n\r\n`);
        clients.add(opened);
        counts.streams++;
        break;
      }
      case 2:
        if (client !== undefined) client[random.pick(['reset', 'destroy', 'end', 'stopReading', 'readOn'] as const)]();
        break;
      default: {
        const answer = await fetch(
          `http://127.0.0.1:${port}/sse/environments/env-${random.below(ENVIRONMENTS)}/queue-change`,
          {
            method: 'POST',
            headers: { Authorization: `Token ${TOKEN}` },
            body: `{"updated_at":${Date.now() / 1000}}`,
          },
        );
        await answer.arrayBuffer();
        if (answer.status !== 200) throw new Error(`a change was answered with ${answer.status}`);
        counts.posts++;
      }
    }
  }
}

async function metric(service: ServiceProcess, name: string): Promise<number> {
  const page = await (await fetch(service.url('/metricsz'))).text();
  const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(page)?.[1];
  if (value === undefined) throw new Error(`no metric ${name}`);
  return Number(value);
}

function files(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** By least squares, over the second half: the first is warming up. */
function slope(samples: readonly Sample[]): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [time, memory] = [mean(half.map(({ seconds }) => seconds)), mean(half.map(({ residentMb: mb }) => mb))];
  const over = half.reduce((sum, sample) => sum + (sample.seconds - time) * (sample.residentMb - memory), 0);
  const under = half.reduce((sum, sample) => sum + (sample.seconds - time) ** 2, 0);
  return under === 0 ? 0 : (over / under) * 3600;
}
