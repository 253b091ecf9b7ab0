import { expect } from 'chai';
import { ServiceProcess } from '../support/service-process.ts';

describe('the log', function () {
  this.timeout(60_000);

  it('says why tokens are rejected, at a bounded rate, and never what was presented', async () => {
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
      // Twenty in ten seconds; a slow machine may see a second window begin.
      expect(rejected.length).to.be.within(20, 60);
      expect(JSON.stringify(service.lines)).not.to.include('s3cret');
    } finally {
      await service.kill();
    }
  });

  it('leaves out what is below its level', async () => {
    const service = ServiceProcess.spawn({ LOG_LEVEL: 'warn' });
    try {
      // Nothing is said when it starts, so it is stopped once it is there to be stopped.
      const loud = await ServiceProcess.start();
      await loud.kill();
      service.signal('SIGTERM');
      await service.exited();
      expect(service.lines.map(({ level }) => level)).not.to.include('info');
      expect(loud.lines.map(({ event }) => event)).to.include.members(['starting', 'started']);
    } finally {
      await service.kill();
    }
  });
});
