import { expect } from 'chai';
import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileLimit } from '../../infrastructure/file-limit.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { changeRequest } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

const SCRIPT = fileURLToPath(new URL('./silent-clients.process.js', import.meta.url));
const CONNECTIONS = 20_000;
/** What a process needs besides. */
const OTHER_FILES = 100;

/** Processes that hold the connections, as many as one may. */
class SilentClients {
  readonly #children: ChildProcess[] = [];
  readonly #told = { opened: 0, closed: 0 };

  constructor(port: number) {
    const each = Math.min(CONNECTIONS / 2, fileLimit() - OTHER_FILES);
    for (let opened = 0; opened < CONNECTIONS; opened += each) {
      const child = fork(SCRIPT, [port, Math.min(each, CONNECTIONS - opened)].map(String));
      child.on('message', (what: 'opened' | 'closed') => this.#told[what]++);
      this.#children.push(child);
    }
  }

  have(what: 'opened' | 'closed'): boolean {
    return this.#told[what] === this.#children.length;
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

describe(`${CONNECTIONS} connections that say nothing`, () => {
  it('delay no other client, are closed after a while, and leave no file open', async () => {
    const service = await ServiceProcess.start({ MAX_SUBSCRIBERS: '100' });
    const files = (): number => readdirSync(`/proc/${service.pid}/fd`).length;
    const before = files();
    // Both are there before, for there may be no room for another connection.
    const stream = await StreamClient.open(service.port, 'abc');
    const health = await RawClient.connect(service.port);
    const silent = new SilentClients(service.port);
    let held = 0;
    let asked = 0;
    // Asked repeatedly, because any silent connection is closed.
    const askHealth = (): void => {
      health.send('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n');
      asked++;
    };
    const answered = (): number => health.text.split('HTTP/1.1 200').length - 1;
    const look = setInterval(() => {
      held = Math.max(held, files());
      askHealth();
    }, 500);
    try {
      await eventually('all to be open, or refused', () => silent.have('opened'), 90_000);
      // As many as there is room for, where they come faster than the first ones are closed.
      expect(Math.max(held, files())).to.be.greaterThan(0.25 * Math.min(CONNECTIONS, fileLimit()));
      askHealth();
      await eventually('every question for health to be answered', () => answered() === asked);
      health.send(changeRequest('abc', 123));
      await stream.hears('123');
      await eventually('all to be closed', () => silent.have('closed'), 90_000);
      // The stream's, and that of the one that asked for its health.
      await eventually('the files to be closed', () => files() <= before + 2);
      expect(stream.raw.ending).to.equal('open');
      (await StreamClient.open(service.port, 'abc')).close();
    } finally {
      clearInterval(look);
      stream.close();
      health.destroy();
      silent.end();
      await service.kill();
    }
  });
});
