import { composeService, type Config, type Container, readConfig, type Service, TOKENS } from 'halyard';
import {
  RecordedFollower,
  subscriberSocketContract,
  type SubscriberSocketWorld,
  type TestRunner,
  updateLogContract,
  type UpdateLogWorld,
} from 'halyard/contract';
import { MemoryLog, MemorySocket, MemoryStore, MemoryTelemetry, SystemClock } from 'halyard/memory';
import {
  type Clock,
  type EnvironmentId,
  parseEnvironmentId,
  parseUpdatedAt,
  type UpdatedAt,
  type UpdateLog,
} from 'halyard/ports';
import { channelPaths, sessionMachine, sessionPaths, startHalyard } from 'halyard/testing';

/**
 * The program of a user who has installed the package: it uses every entry point, prints the results, and
 * ends. The test of the package copies this file into an empty folder, and type-checks and runs it there.
 */

/** A custom adapter: it uses only the ports. */
class CountingLog implements UpdateLog {
  appends = 0;
  readonly #log: UpdateLog;

  constructor(log: UpdateLog) {
    this.#log = log;
  }

  append(...[environment, updatedAt, options]: Parameters<UpdateLog['append']>): ReturnType<UpdateLog['append']> {
    this.appends++;
    return this.#log.append(environment, updatedAt, options);
  }

  follow(...[follower]: Parameters<UpdateLog['follow']>): void {
    this.#log.follow(follower);
  }

  status(): ReturnType<UpdateLog['status']> {
    return this.#log.status();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

function memoryLog(clock: Clock = new SystemClock()): MemoryLog {
  return new MemoryLog(new MemoryStore({ retentionMs: 3_600_000 }, clock), clock);
}

/** The whole service in this process, on a custom log. */
async function embed(): Promise<unknown> {
  const config: Config = readConfig({
    SSE_AUTHENTICATION_TOKEN: 'secret',
    LISTEN_ADDR: '127.0.0.1:0',
    HTTP1_TRANSPORT: 'node',
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '0',
  });
  const log = new CountingLog(memoryLog());
  const telemetry = new MemoryTelemetry();
  const container: Container = composeService(config);
  container.rebind(TOKENS.log).toConstantValue(log);
  container.rebind(TOKENS.telemetry).toConstantValue(telemetry);
  // @ts-expect-error: a log is not a number.
  const isRefused = (): unknown => container.rebind(TOKENS.log).toConstantValue(1);
  const service: Service = container.get(TOKENS.service);
  await service.start();
  const answer = await fetch(`http://127.0.0.1:${service.ports[0]}/sse/environments/abc/queue-change`, {
    method: 'POST',
    headers: { Authorization: 'Token secret' },
    body: '{"updated_at":123}',
  });
  const body: unknown = await answer.json();
  await service.stop();
  return { body, appends: log.appends, counted: telemetry.count('changeAnswered.stored'), typed: typeof isRefused };
}

/** The values of a log, as an adapter makes and reads them. */
async function appendAndFollow(): Promise<unknown> {
  const environment: EnvironmentId | undefined = parseEnvironmentId('abc');
  const updatedAt = parseUpdatedAt('2024-12-06T10:21:54.079725+00:00');
  if (environment === undefined || typeof updatedAt !== 'string') throw new Error('no environment, or no time');
  // @ts-expect-error: not every text is a time.
  const wrong: UpdatedAt = 'yesterday';
  const log = memoryLog();
  const follower = new RecordedFollower();
  log.follow(follower);
  await log.append(environment, updatedAt, { timeoutMs: 1000 });
  await follower.untilLast(environment, updatedAt);
  follower.checkOrder();
  await log.close();
  return { values: follower.values(environment), wrong };
}

const logWorld = (): UpdateLogWorld => {
  const clock = new SystemClock();
  const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
  const logs: MemoryLog[] = [];
  return {
    keptMs: 3_600_000,
    open: () => {
      const log = new MemoryLog(store, clock);
      logs.push(log);
      return log;
    },
    interrupt: () => logs.forEach((log) => log.interrupt()),
    restore: () => logs.forEach((log) => log.restore()),
    close: () => Promise.all(logs.map((log) => log.close())).then(() => undefined),
  };
};

const socketWorld = (): SubscriberSocketWorld => ({
  open: async () => {
    const socket = new MemorySocket();
    const reported = { drained: 0, gone: 0 };
    const peer = {
      get received() {
        return socket.frames.join('') + ':\n\n'.repeat(socket.keepAlives);
      },
      get ending() {
        return socket.ending === 'open' || socket.ending === 'ended' ? socket.ending : 'cut';
      },
      stopReading: () => socket.stopReading(),
      readOn: () => {
        socket.readOn();
        reported.drained++;
      },
      vanish: () => {
        socket.vanish();
        reported.gone++;
      },
    };
    return { socket, peer, reported };
  },
  close: () => undefined,
});

/** A test runner in its shortest form. */
async function runContracts(): Promise<unknown> {
  const tests: (() => Promise<void>)[] = [];
  const runner: TestRunner = { describe: (_title, suite) => suite(), it: (_title, test) => tests.push(test) };
  updateLogContract(runner, logWorld);
  subscriberSocketContract(runner, socketWorld);
  const outcomes = await Promise.allSettled(tests.map((test) => test()));
  return { failed: outcomes.filter(({ status }) => status === 'rejected').length, ran: tests.length > 25 };
}

function walkPaths(): unknown {
  for (const path of sessionPaths()) {
    const driven = path.drive();
    driven.cause(path.event);
    if (driven.session.state !== path.next) throw new Error(path.title);
  }
  for (const path of channelPaths()) {
    const driven = path.drive();
    driven.cause(path.event);
    if (driven.channel.state !== path.next) throw new Error(path.title);
  }
  return { machine: sessionMachine.id, session: sessionPaths().length, channel: channelPaths().length };
}

/** The application under test would hold the stream; here it is read as it comes. */
async function testAnApplication(transport: 'uws' | 'node'): Promise<unknown> {
  const halyard = await startHalyard({ transport, clock: 'stepped' });
  // @ts-expect-error: only a stepped clock can be advanced.
  const isRefused = async (): Promise<unknown> => (await startHalyard()).advance(1); // eslint-disable-line @typescript-eslint/no-unsafe-call -- there is no such method
  const response = await fetch(`${halyard.url}/sse/environments/abc/stream`);
  const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const outcomes = [await halyard.publish('abc', 1733480514.079725)];
  let received = '';
  while (!received.includes('data: ')) received += (await text?.read())?.value ?? '';
  const subscribers = halyard.subscribers('abc');
  await halyard.outage({ kind: 'hang', ms: 10_000 });
  const late = halyard.publish('abc', 1733480515);
  await halyard.advance(1500);
  outcomes.push(await late);
  await halyard.stop();
  return { data: /data: (.*)/.exec(received)?.[1], subscribers, outcomes, typed: typeof isRefused };
}

console.log(
  JSON.stringify({
    embedded: await embed(),
    followed: await appendAndFollow(),
    contracts: await runContracts(),
    paths: walkPaths(),
    uws: await testAnApplication('uws'),
    node: await testAnApplication('node'),
  }),
);
