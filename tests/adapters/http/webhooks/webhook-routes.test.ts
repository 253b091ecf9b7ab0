import { expect } from 'chai';
import type { MemoryLog } from '../../../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../../../infrastructure/container.ts';
import { capturedWebhook, WEBHOOK_SECRET } from '../../../support/clients/captured-webhooks.ts';
import { eventually } from '../../../support/eventually.ts';
import { sampleOf } from '../../../support/documents/metrics-text.ts';
import { RawClient } from '../../../support/clients/raw-client.ts';
import { RecordedLogger } from '../../../support/memory/recorded-logger.ts';
import { type RunningService, startService } from '../../../support/servers/running-service.ts';
import { StreamClient } from '../../../support/clients/stream-client.ts';
import { TRANSPORTS } from '../../../support/servers/transports.ts';

const { body, signature } = capturedWebhook('audit-log-created.flag-updated');
const REQUEST =
  `POST /webhooks/flagsmith HTTP/1.1\r\nHost: h\r\nX-Flagsmith-Signature: ${signature}\r\n` +
  `Content-Length: ${body.length}\r\n\r\n${body.toString()}`;

describe('The log lines of the webhook door', () => {
  let logger: RecordedLogger;
  let service: RunningService | undefined;
  beforeEach(() => void (logger = new RecordedLogger()));
  afterEach(() => service?.stop());

  async function started(environment: Record<string, string>): Promise<RunningService> {
    service = await startService(environment, (container) => {
      container.rebind(TOKENS.logger).toConstantValue(logger);
    });
    return service;
  }

  it('warn at the start if no environments were configured', async () => {
    await started({ WEBHOOK_SECRET });
    expect(logger.of('webhook_environments_not_given')).to.have.length(1);
  });

  for (const environment of [{}, { WEBHOOK_SECRET, WEBHOOK_ENVIRONMENTS: '1=abc' }])
    it(`warn of nothing at the start with ${JSON.stringify(environment)}`, async () => {
      await started(environment);
      expect(logger.of('webhook_environments_not_given')).to.deep.equal([]);
    });

  it('name the project of a change that was announced nowhere', async () => {
    const { url } = await started({ WEBHOOK_SECRET });
    for (const name of ['audit-log-created.segment-without-environment', 'flag-updated.environment-webhook']) {
      const webhook = capturedWebhook(name);
      const headers = { 'X-Flagsmith-Signature': webhook.signature };
      await fetch(url('/webhooks/flagsmith'), { method: 'POST', headers, body: webhook.body });
    }
    expect(logger.of('webhook_unplaced')).to.deep.equal([
      { project: 1, environment: undefined },
      { project: 1, environment: 1 },
    ]);
  });

  it('say of a signature whether there was one, and not what it was', async () => {
    const { url } = await started({ WEBHOOK_SECRET });
    for (const headers of [{}, { 'X-Flagsmith-Signature': 'guess' }] as Record<string, string>[])
      await fetch(url('/webhooks/flagsmith'), { method: 'POST', headers, body });
    expect(logger.of('signature_rejected')).to.deep.equal([{ reason: 'no_signature' }, { reason: 'wrong_signature' }]);
  });
});

describe('A webhook whose sender leaves before it is answered', () => {
  for (const { name, environment } of TRANSPORTS)
    it(`is kept, and counted as abandoned, on ${name}`, async () => {
      const service = await startService({ ...environment, WEBHOOK_SECRET, APPEND_DEADLINE_MS: '200' });
      const log = service.container.get(TOKENS.log) as MemoryLog;
      log.interrupt();
      const sender = await RawClient.connect(service.port);
      sender.send(REQUEST);
      await eventually('the change to be waiting', () => service.container.get(TOKENS.changes).inFlight === 1);
      sender.destroy();
      const abandoned = async (): Promise<number | undefined> =>
        sampleOf(await (await fetch(service.url('/metricsz'))).text(), 'halyard_webhooks_total{outcome="abandoned"}');
      await eventually('it to be counted', async () => (await abandoned()) === 1);
      log.restore();
      const client = await StreamClient.open(service.port, 'EqF4Dv7qmCPKSATU7XoaAV');
      await client.hears('1795478070.270238');
      client.close();
      await service.stop();
    });
});
