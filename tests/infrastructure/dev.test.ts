import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { eventually } from '../support/eventually.ts';
import { readDocument, ROOT } from '../support/documents/repository.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

describe('npm run dev', () => {
  it('prints a line to subscribe and a line to publish, and both work', async () => {
    const child = spawn(process.execPath, [`${ROOT}dist/infrastructure/dev.js`], {
      env: { PATH: process.env['PATH'], LISTEN_ADDR: '127.0.0.1:0' },
    });
    let printed = '';
    child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    try {
      await eventually('both lines', () => printed.includes('/queue-change\n'));
      const subscribe = /curl -N -i .*localhost:(\d+)\/sse\/environments\/(\w+)\/stream/.exec(printed);
      const publish = /curl -X POST -H '(\w+): ([^']*)' .* -d '([^']*)' (\S+)/.exec(printed);
      const port = Number(subscribe?.[1]);
      const client = await StreamClient.open(port, subscribe?.[2] ?? '');
      const answer = await fetch((publish?.[4] ?? '').replace('localhost', '127.0.0.1'), {
        method: 'POST',
        headers: { [publish?.[1] ?? '']: publish?.[2] ?? '' },
        body: publish?.[3] ?? '',
      });
      expect(answer.status).to.equal(200);
      await client.hears('123');
      client.close();
      await eventually('a readable line of the update', () =>
        /^\[\d\d:\d\d:\d\d\.\d{3}\] DEBUG: update 123 for 1 streams/m.test(printed),
      );
      expect(printed.indexOf('INFO: starting')).to.be.greaterThan(printed.indexOf('/queue-change\n'));
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
  });

  it('ends when the started process is ended: the service replaces the shell of the script', async () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: { dev: string } };
    const afterBuild = scripts.dev.replace(/^npm run --silent build && /, 'true && ');
    expect(afterBuild).not.to.equal(scripts.dev);
    const env = { PATH: process.env['PATH'], LISTEN_ADDR: '127.0.0.1:0' };
    const shell = spawn('sh', ['-c', afterBuild], { cwd: ROOT, env });
    let printed = '';
    shell.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    const closed = new Promise((resolve) => shell.once('close', resolve));
    try {
      await eventually('it is started', () => printed.includes('INFO: started'));
      shell.kill('SIGTERM');
      // Its output is closed when no process holds it any longer.
      await closed;
      expect(printed).to.include('INFO: stopped');
    } finally {
      shell.kill('SIGKILL');
    }
  });
});
