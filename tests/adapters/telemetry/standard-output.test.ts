import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { ServiceProcess } from '../../support/servers/service-process.ts';

const LOGGER = new URL('../../../adapters/telemetry/pino-logger.js', import.meta.url);
const OUTPUT = new URL('../../../adapters/telemetry/standard-output.js', import.meta.url);

const children: ChildProcess[] = [];

/** A process that logs lines and ends, after its reader has had the time to go. */
function logging(lines: number, fieldBytes: number, end: string): ChildProcess {
  const script = `
    const { PinoLogger } = await import('${LOGGER.href}');
    const { standardOutput } = await import('${OUTPUT.href}');
    let now = 0;
    const logger = new PinoLogger({ level: 'info' }, { monotonicMs: () => (now += 10_000) });
    for (let line = 0; line < ${lines}; line++) logger.info('line', { line, text: 'x'.repeat(${fieldBytes}) });
    ${end}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

const WHEN_WRITTEN = 'await standardOutput.written(); process.exit(0);';

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('The log on standard output', () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('is complete when the process ends properly', async () => {
    const child = logging(1000, 100, WHEN_WRITTEN);
    if (child.stdout === null) throw new Error('no standard output');
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).to.deep.equal([...Array(1000).keys()]);
  });

  for (const [how, end] of Object.entries({ properly: WHEN_WRITTEN, 'at once': 'process.exit(0);' })) {
    it(`lets a process end ${how} when its reader has ended`, async () => {
      const child = logging(2, 1, end);
      child.stdout?.destroy();
      expect(await exitCode(child)).to.equal(0);
    });

    it(`lets a process end ${how} when its reader is stuck`, async () => {
      const child = logging(5000, 1000, end);
      expect(await exitCode(child)).to.equal(0);
      child.stdout?.destroy();
    });
  }

  it('delays no client when its disk is full', async () => {
    const port = await freePort();
    const full = await open('/dev/full', 'w');
    const service = ServiceProcess.spawn({ LISTEN_ADDR: `127.0.0.1:${port}` }, [], { stdout: full.fd });
    try {
      await eventually('the service to answer', async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined);
        return answer?.ok ?? false;
      });
      service.signal('SIGTERM');
      expect(await service.exited()).to.equal(0);
    } finally {
      await service.kill();
      await full.close();
    }
  });
});
