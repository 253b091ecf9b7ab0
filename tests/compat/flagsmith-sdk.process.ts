/**
 * A process with the real package of Flagsmith in it, as a page would have it. It is a process of its own because the
 * package looks at globals when it is imported: it opens a stream only where it finds a window and an EventSource.
 */
import { EventSource } from 'eventsource';

const [name = '', api = '', realtime = '', environmentID = ''] = process.argv.slice(2);

const globals = globalThis as unknown as Record<string, unknown>;
globals['window'] = globalThis;
globals['EventSource'] = EventSource;
const { createFlagsmithInstance } =
  name === 'flagsmith' ? await import('flagsmith/isomorphic') : await import('@flagsmith/flagsmith/isomorphic');

const flagsmith = createFlagsmithInstance();
await flagsmith.init({
  environmentID,
  api,
  eventSourceUrl: realtime,
  realtime: true,
  onChange: () => process.send?.(Number(flagsmith.getValue('version'))),
});
// The parent has ended, so there is no process to report to.
process.on('disconnect', () => process.exit(0));
