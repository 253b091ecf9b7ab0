import { eventually } from '../support/eventually.ts';
import { AttackedService } from '../support/servers/attacked-service.ts';
import {
  FLAG,
  FRAME,
  frame,
  getBlock,
  getFrame,
  postBlock,
  RawHttp2Client,
  resetFrame,
} from '../support/clients/raw-http2-client.ts';

/** Every code of RFC 9113, and two undefined ones. */
const CODES = [...Array.from({ length: 14 }, (_, code) => code), 14, 0xff_ff_ff_ff];
const REQUESTS: Readonly<Record<string, Buffer>> = {
  'a stream': getBlock('/sse/environments/env/stream'),
  'a change': postBlock('/sse/environments/env/queue-change'),
  health: getBlock('/livez'),
  metrics: getBlock('/metricsz'),
  'an unknown path': getBlock('/nothing'),
};

describe('A request that is reset in the segment that brings it', () => {
  let service: AttackedService;
  before(async () => void (service = await AttackedService.start()));
  after(() => service?.stop());

  for (const code of CODES)
    it(`is forgotten, and its connection and the service serve on: code ${code}`, async () => {
      for (const block of Object.values(REQUESTS))
        for (const flags of [FLAG.endHeaders, FLAG.endHeaders | FLAG.endStream]) {
          const abandoned = (stream: number): Buffer[] => [
            frame(FRAME.headers, flags, stream, block),
            resetFrame(stream, code),
          ];
          // Node reports a request in the connection's first segment when it has read that segment completely.
          const client = await RawHttp2Client.connect(service.port, abandoned(1));
          client.raw.send(Buffer.concat([...abandoned(3), getFrame(5, '/livez')]));
          await client.raw.received('{"status":"ok"}');
          await client.raw.sent(Buffer.concat(abandoned(7)));
          await service.serves();
          client.raw.destroy();
        }
      await eventually('no stream to be left', async () => (await service.subscribers()) === 0);
    });
});
