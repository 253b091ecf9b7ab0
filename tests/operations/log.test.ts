import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/servers/free-port.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';

describe('the log', () => {
  it('states why tokens are rejected, at a bounded rate, and never shows the token', async () => {
    const service = await ServiceProcess.start();
    try {
      const guess = (authorization?: string): Promise<Response> =>
        fetch(service.url('/sse/environments/abc/queue-change'), {
          method: 'POST',
          headers: authorization === undefined ? {} : { Authorization: authorization },
          body: '{"updated_at":1}',
        });
      await guess();
      await guess('Bearer s3cret-bearer');
      for (let attempt = 0; attempt < 200; attempt++)
        expect((await guess(`Token s3cret-${attempt}`)).status).to.equal(401);
      service.signal('SIGTERM');
      await service.exited();
      const rejected = service.lines.filter(({ event }) => event === 'token_rejected');
      expect(rejected.slice(0, 3).map(({ reason }) => reason)).to.deep.equal([
        'no_token',
        'other_scheme',
        'wrong_token',
      ]);
      // Twenty in ten seconds; on a busy machine several windows begin.
      expect(rejected.length).to.be.within(20, 120);
      expect(JSON.stringify(service.lines)).not.to.include('s3cret');
    } finally {
      await service.kill();
    }
  });

  it('omits lines below its level', async () => {
    const port = await freePort();
    const service = ServiceProcess.spawn({ LOG_LEVEL: 'warn', LISTEN_ADDR: `127.0.0.1:${port}` });
    try {
      // Nothing is said when it starts. It is ready for an event of each kind: it starts, is warned, and stops.
      const answer = (): Promise<Response | undefined> =>
        fetch(`http://127.0.0.1:${port}/sse/environments/abc/queue-change`, { method: 'POST' }).catch(() => undefined);
      await eventually('the service to answer', async () => (await answer())?.status === 401);
      service.signal('SIGTERM');
      expect(await service.exited()).to.equal(0);
      const above = service.lines.filter(({ event }) => event !== 'uws_build_has_known_fault');
      expect(above.map(({ level, event }) => [level, event])).to.deep.equal([['warn', 'token_rejected']]);
    } finally {
      await service.kill();
    }
  });
});
