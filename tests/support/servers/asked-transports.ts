import { askHttp1, askHttp2, type HttpAnswer, type HttpAsk } from '../clients/http-answer.ts';
import type { RunningService } from './running-service.ts';
import { TRANSPORTS } from './transports.ts';

type Ask = (service: RunningService, path: string, ask?: HttpAsk) => Promise<HttpAnswer>;

interface AskedTransport {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ask: Ask;
}

/** Every transport and HTTP/2, each with how a test sends it one request. */
export const ASKED_TRANSPORTS: readonly AskedTransport[] = [
  ...TRANSPORTS.map(({ name, environment }) => ({
    name,
    environment,
    ask: ((service, path, ask) => askHttp1(service.port, path, ask)) satisfies Ask,
  })),
  {
    name: 'HTTP/2',
    environment: { HTTP2_LISTEN_ADDR: '127.0.0.1:0' },
    ask: (service, path, ask) => askHttp2(service.ports.at(-1) ?? 0, path, ask),
  },
];
