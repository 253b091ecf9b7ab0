import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { debianProgram } from '../support/servers/debian-program.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';

const REQUESTS = 5000;

describe('h2load', () => {
  for (const tls of [false, true])
    it(`meets no error on queue-change, ${tls ? 'with TLS' : 'in clear text'}`, async () => {
      const h2load = await debianProgram('nghttp2-client', 'usr/bin/h2load');
      const files = await CertificateFiles.make();
      const folder = await mkdtemp(join(tmpdir(), 'halyard-h2load-'));
      const body = join(folder, 'body.json');
      let service: RunningService | undefined;
      try {
        await writeFile(body, '{"updated_at":"2024-12-06T10:21:54.079725+00:00"}');
        service = await startService(tls ? files.environment : { HTTP2_LISTEN_ADDR: '127.0.0.1:0' });
        const url = `${tls ? 'https' : 'http'}://127.0.0.1:${service.ports[1]}/sse/environments/env/queue-change`;
        const child = h2load.spawn([
          ...['-n', String(REQUESTS), '-c', '10', '-m', '20', '-t', '1', '-d', body],
          ...['-H', `authorization: Token ${TOKEN}`, '-H', 'content-type: application/json', url],
        ]);
        let output = '';
        child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
        child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
        await once(child, 'close');
        expect(output).to.include(`${REQUESTS} succeeded, 0 failed, 0 errored, 0 timeout`);
        expect(output).to.include(`status codes: ${REQUESTS} 2xx, 0 3xx, 0 4xx, 0 5xx`);
      } finally {
        await service?.stop();
        await files.remove();
        await rm(folder, { recursive: true });
      }
    });
});
