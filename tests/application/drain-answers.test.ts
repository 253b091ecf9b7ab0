import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { changeRequest, startService } from '../support/servers/running-service.ts';
import { eventually } from '../support/eventually.ts';

describe('A drain', () => {
  it('answers a change that waits for the log, before it cuts connections', async () => {
    const service = await startService({ APPEND_DEADLINE_MS: '300' });
    (service.container.get(TOKENS.log) as MemoryLog).interrupt();
    const client = await RawClient.connect(service.port);
    client.send(changeRequest('abc', 123));
    await eventually('the change to be under way', () => service.container.get(TOKENS.changes).inFlight === 1);
    await service.stop();
    await client.received('HTTP/1.1 503');
    await client.received('log_unavailable');
    client.destroy();
  });
});
