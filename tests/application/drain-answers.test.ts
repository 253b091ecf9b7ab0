import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { changeRequest, startService } from '../support/servers/running-service.ts';

describe('A drain', () => {
  it('answers a change that waits for the log before it cuts connections', async () => {
    const service = await startService({ APPEND_DEADLINE_MS: '300' });
    const log = service.container.get(TOKENS.log) as MemoryLog;
    log.interrupt();
    // The drain begins with the append: the change may wait no longer than one check takes.
    const appended = new Promise<void>((resolve) => {
      const append = log.append.bind(log);
      log.append = (...change) => (resolve(), append(...change));
    });
    const client = await RawClient.connect(service.port);
    client.send(changeRequest('abc', 123));
    await appended;
    await service.stop();
    await client.received('HTTP/1.1 503');
    await client.received('log_unavailable');
    client.destroy();
  });
});
