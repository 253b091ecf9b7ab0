import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isOrder, isReport } from '../../infrastructure/worker-message.ts';

const LATE_REPORT = fileURLToPath(new URL('late-report.process.js', import.meta.url));
const METRIC = { name: 'x_total', help: 'x', type: 'counter', aggregator: 'sum', values: [{ value: 1, labels: {} }] };
const BUCKETS = { bounds: [1], counts: [1, 0] };
const SAMPLE = { number: 1, streams: 2, opened: 3, changes: 4, delivery: BUCKETS, age: BUCKETS };

describe('a message between a worker and its primary', () => {
  it('is recognised by its whole shape', () => {
    const reports = [
      { halyard: 'started', ports: [8080] },
      { halyard: 'ready' },
      { halyard: 'metricsWanted' },
      { halyard: 'measured', round: 1, snapshot: [METRIC] },
      { halyard: 'sampled', sample: SAMPLE },
      { halyard: 'historyWanted' },
    ];
    const orders = [
      { halyard: 'drain' },
      { halyard: 'measure', round: 1 },
      { halyard: 'metrics', page: 'x_total 1' },
      { halyard: 'history', samples: [SAMPLE] },
    ];
    expect(reports.map(isReport)).to.deep.equal(reports.map(() => true));
    expect(orders.map(isOrder)).to.deep.equal(orders.map(() => true));
    expect([reports.some(isOrder), orders.some(isReport)]).to.deep.equal([false, false]);
  });

  it('is not accepted from other parts, nor in a shape that another version may have', () => {
    const strange = [
      undefined,
      null,
      'ready',
      { cmd: 'NODE_HANDLE' },
      { halyard: 'other' },
      { halyard: 'started' },
      { halyard: 'started', ports: ['8080'] },
      { halyard: 'measured', round: 1 },
      { halyard: 'measured', snapshot: [METRIC] },
      { halyard: 'measured', round: 1, snapshot: [null] },
      { halyard: 'measured', round: 1, snapshot: [{ ...METRIC, name: 1 }] },
      { halyard: 'measured', round: 1, snapshot: [{ ...METRIC, values: {} }] },
      { halyard: 'measured', round: 1, snapshot: [{ ...METRIC, values: [1] }] },
      { halyard: 'measure' },
      { halyard: 'metrics' },
      { halyard: 'sampled' },
      { halyard: 'sampled', sample: { ...SAMPLE, streams: '2' } },
      { halyard: 'sampled', sample: { ...SAMPLE, age: { bounds: [1] } } },
      { halyard: 'history' },
      { halyard: 'history', samples: [SAMPLE, { ...SAMPLE, delivery: undefined }] },
    ];
    expect(strange.filter((message) => isReport(message) || isOrder(message))).to.deep.equal([]);
  });

  it('to a primary that has just ended is lost without harm', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'halyard-worker-'));
    const sign = join(folder, 'primary-is-gone');
    const worker = spawn(process.execPath, [LATE_REPORT, sign], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    try {
      await once(worker, 'message');
      worker.disconnect();
      await writeFile(sign, '');
      const [code] = (await once(worker, 'exit')) as [number | null];
      expect(code, await text(worker.stderr as NonNullable<typeof worker.stderr>)).to.equal(0);
    } finally {
      worker.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });
});
