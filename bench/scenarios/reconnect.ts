import { withJetStream } from '../jetstream.ts';
import { percentileMs } from '../load.ts';
import { atMost, type Bench, digits, expectWhole, type Findings, withLoad, withSubject } from '../scenario.ts';
import { SUBSCRIBERS } from './fan-out.ts';

export const reconnect = {
  name: 'reconnect',
  title: '15,000 clients reconnecting at once after a restart',
  about:
    'The service is killed and started again. When it is ready, 15,000 connects are sent at once, and each ' +
    "stream must receive the environment's newest update. Beside it is NATS's own count of what it received in " +
    'that time: a subscriber costs it nothing.',
  async run(bench: Bench): Promise<Findings> {
    const { seconds, p99Ms, messages } = await withJetStream(async (jetStream) => {
      const { env } = jetStream;
      const port = await withSubject(bench, 'halyard', { env, core: 'any' }, (subject) =>
        withLoad(bench, { port: subject.port }, async (load) => {
          bench.say('before the restart');
          expectWhole('reconnect', await load.open({ n: SUBSCRIBERS }));
          expectWhole('reconnect', await load.run({ updates: 1 }));
          return subject.port;
        }),
      );
      return withSubject(bench, 'halyard', { env, port, core: 'any' }, () =>
        withLoad(bench, { port }, async (load) => {
          bench.say('all at once');
          const before = await jetStream.messagesIn();
          const report = await load.open({ n: SUBSCRIBERS, in_flight: SUBSCRIBERS, expect: 1 });
          const after = await jetStream.messagesIn();
          expectWhole('reconnect', report);
          if (report.greeted !== SUBSCRIBERS)
            throw new Error(`${report.greeted} received the newest update on connecting`);
          return { seconds: report.us / 1e6, p99Ms: percentileMs(report.opening, 99), messages: after - before };
        }),
      );
    });
    return {
      tables: [
        {
          head: ['clients', 'all served after', 'connect to first bytes p99', 'messages that NATS received'],
          rows: [[digits(SUBSCRIBERS, 0), `${digits(seconds, 2)} s`, `${digits(p99Ms, 0)} ms`, String(messages)]],
        },
      ],
      facts: { natsMessagesForReconnect: messages },
      bars: [
        atMost('15,000 reconnecting at once, all served', seconds, 3, 's'),
        atMost('what NATS received meanwhile', messages, 0, 'messages'),
      ],
    };
  },
};
