import { FLAGSMITH_PACKAGES, FlagsmithSdk } from '../support/clients/flagsmith-sdk.ts';
import type { FlagsApi } from '../support/servers/flags-api.ts';
import { flutter } from './sdks/flutter.ts';
import { go } from './sdks/go.ts';
import { ios } from './sdks/ios.ts';
import { kotlin } from './sdks/kotlin.ts';
import { python, pythonUpTo5 } from './sdks/python.ts';
import { reactNative } from './sdks/react-native.ts';
import { ruby } from './sdks/ruby.ts';
import { SdkClient } from './sdks/sdk-client.ts';

export const ENVIRONMENT = 'abcxyz';

/** An application with an SDK in it, whether it runs here or in a process of its own. */
export interface Application {
  readonly version: number;
  /** Requests for flags whose answers have not come, where the test can know. */
  readonly fetches?: number;
  /** Answers that it has taken in, where the test can know. */
  readonly loads?: number;
  stop(): void;
}

export interface Case {
  readonly name: string;
  readonly start: (realtimeUrl: string, api: FlagsApi) => Application;
  /** Streams that it may open in so many seconds beside the first one and one for each that was ended. */
  readonly extraStreamsASecond?: number;
  /** It comes back when its connection was cut. */
  readonly survivesCut: boolean;
  /** It fetches once more for an update that it has fetched for, as long as the API's answers are older than that. */
  readonly fetchesAgain: boolean;
}

export const CASES: readonly Case[] = [
  ...FLAGSMITH_PACKAGES.map((name) => ({
    name,
    start: (url: string, api: FlagsApi) => new FlagsmithSdk(name, api.url, url, ENVIRONMENT),
    survivesCut: true,
    fetchesAgain: true,
  })),
  ...[python, pythonUpTo5, go, ios].map((sdk) => reader(sdk, { survivesCut: true, fetchesAgain: true })),
  ...[kotlin, reactNative].map((sdk) => reader(sdk, { survivesCut: false, fetchesAgain: true })),
  reader(ruby, { survivesCut: true, fetchesAgain: false, extraStreamsASecond: 2 }),
  reader(flutter, { survivesCut: true, fetchesAgain: false, extraStreamsASecond: 2 }),
];

function reader(sdk: typeof python, traits: Omit<Case, 'name' | 'start'>): Case {
  const start = (url: string, api: FlagsApi): Application => {
    const client = new SdkClient(sdk, url, ENVIRONMENT, api.url);
    void client.start();
    return client;
  };
  return { name: sdk.name, start, ...traits };
}

/** It has taken in every answer of the API: an SDK ignores what comes while it waits for one. */
export function isAtRest(app: Application, api: FlagsApi): boolean {
  return (app.fetches ?? 0) === 0 && (app.loads ?? api.reads) >= api.reads;
}
