import { expect } from 'chai';
import { SettingsReader } from '../../adapters/common/settings-reader.ts';
import { clientAddress } from '../../adapters/http/client-address.ts';
import { ConfigError, readConfig, VARIABLES } from '../../infrastructure/config.ts';
import { LOGS } from '../../infrastructure/logs.ts';
import { readRefetchSettings } from '../../infrastructure/refetch-settings.ts';
import { fileVariable } from '../../infrastructure/secret-files.ts';

const TOKEN = { SSE_AUTHENTICATION_TOKEN: 'secret' };

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, 20_000);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('has the documented defaults', () => {
    const config = readConfig(TOKEN, 20_000);
    expect(config).to.deep.include({
      listenAddresses: [{ host: '', port: 8080 }],
      tokens: ['secret'],
      eventName: 'environment_updated',
      keepAliveMs: 15_000,
      retentionMs: 3_600_000,
      maxStreamAgeMs: 0,
      maxSubscribers: 19_488,
      maxConnections: 19_936,
      maxStreamsPerAddress: 0,
      maxHeldRefusals: 224,
      resume: false,
      congestedMs: 60_000,
      appendDeadlineMs: 1500,
      maxPendingEnvironments: 100_000,
      drainWaitMs: 0,
      drainMs: 10_000,
      refetchPerSecond: 0,
      echoMs: [],
      logLevel: 'info',
    });
    expect(config.log.kind.name).to.equal('nats');
    expect(config.streamAgeRules).to.deep.equal([
      { userAgentPrefix: 'Dart/', minMs: 31_000, maxMs: 39_000 },
      { userAgentPrefix: 'Faraday', minMs: 24_000, maxMs: 36_000 },
      { userAgentPrefix: 'flagsmith-kotlin-android-sdk/', minMs: 1_500_000, maxMs: 1_740_000 },
    ]);
    expect([config.healthChecksLog, config.unusedVariables]).to.deep.equal([false, []]);
  });

  it('reports every mistake at once, each by the name of its variable', () => {
    const names = problems({
      LISTEN_ADDR: 'nonsense',
      UPDATE_LOG: 'kafka',
      KEEP_ALIVE_SECONDS: 'soon',
      MAX_SUBSCRIBERS: '-1',
      STREAM_AGE_RULES: 'Dart/',
      MAX_STREAMS_PER_ADDRESS: 'few',
      TRUSTED_PROXIES: '10.0.0.0/8, proxy.example',
      REFETCH_PER_SECOND: '-1',
      ECHO_SECONDS: '2;65',
      LOG_LEVEL: 'loud',
      FLAGS_RELAY: 'yes',
      FLAGSMITH_API_URL: 'http://flagsmith',
      FLAGS_MAX_AGE_SECONDS: '0',
      FLAGS_STALE_SECONDS: 'long',
      FLAGSMITH_API_CONNECTIONS: '0',
      FLAGSMITH_API_TIMEOUT_SECONDS: '0',
    }).map((problem) => problem.split(' ')[0]);
    expect(names).to.have.members([
      'LISTEN_ADDR',
      'SSE_AUTHENTICATION_TOKEN',
      'UPDATE_LOG',
      'KEEP_ALIVE_SECONDS',
      'MAX_SUBSCRIBERS',
      'STREAM_AGE_RULES',
      'MAX_STREAMS_PER_ADDRESS',
      'TRUSTED_PROXIES',
      'REFETCH_PER_SECOND',
      'ECHO_SECONDS',
      'LOG_LEVEL',
      'FLAGS_RELAY',
      'FLAGSMITH_API_URL',
      'FLAGS_MAX_AGE_SECONDS',
      'FLAGS_STALE_SECONDS',
      'FLAGSMITH_API_CONNECTIONS',
      'FLAGSMITH_API_TIMEOUT_SECONDS',
    ]);
  });

  it('divides the pace among all workers', () => {
    const config = readConfig({ ...TOKEN, REFETCH_PER_SECOND: '100', WORKERS: '8' }, 20_000);
    expect(config.refetchPerSecond).to.equal(12.5);
    expect(config.shown['REFETCH_PER_SECOND']).to.equal('100');
  });

  for (const [text, echoMs] of [
    ['2,65', [2000, 65_000]],
    [' 0.5 , 3600 ', [500, 3_600_000]],
    ['', []],
  ] as const)
    it(`sends updates again after the seconds "${text}"`, () => {
      const config = readConfig({ ...TOKEN, ECHO_SECONDS: text }, 20_000);
      expect(config.echoMs).to.deep.equal(echoMs);
      expect(config.shown['ECHO_SECONDS']).to.equal(text.replaceAll(' ', ''));
    });

  for (const text of ['0', '65,2', '2,2', '-1', '1e3', '2,', 'soon', '3601', '1,2,3,4,5,6,7,8,9'])
    it(`does not send updates again after the seconds "${text}"`, () => {
      expect(problems({ ...TOKEN, ECHO_SECONDS: text })).to.deep.equal([
        'ECHO_SECONDS must be up to 8 numbers of seconds, ascending, above 0 and up to 3600, separated by commas',
      ]);
    });

  it('has echoes that depend on other settings if ECHO_SECONDS is not set, and none if it is empty', () => {
    const read = (environment: Record<string, string>) =>
      readRefetchSettings(new SettingsReader(environment, []), 1, { echoSeconds: '3' }).echoMs;
    expect([read({}), read({ ECHO_SECONDS: '' }), read({ ECHO_SECONDS: '2' })]).to.deep.equal([[3000], [], [2000]]);
  });

  it('has a pace for streams of OFREP: their own where the API is given, and else the common one, by workers', () => {
    const paces = (environment: Record<string, string>): readonly number[] => {
      const config = readConfig({ ...TOKEN, ...environment }, 20_000);
      return [config.refetchPerSecond, config.ofrepRefetchPerSecond];
    };
    const api = { FLAGSMITH_API_URL: 'http://flagsmith-api:8000/api/v1/' };
    expect(paces({})).to.deep.equal([0, 0]);
    expect(paces({ OFREP_REFETCH_PER_SECOND: '7' })).to.deep.equal([0, 0]);
    expect(paces({ REFETCH_PER_SECOND: '8', WORKERS: '2' })).to.deep.equal([4, 4]);
    expect(paces({ ...api })).to.deep.equal([0, 50]);
    expect(paces({ ...api, WORKERS: '4', REFETCH_PER_SECOND: '8' })).to.deep.equal([2, 12.5]);
    expect(paces({ ...api, OFREP_REFETCH_PER_SECOND: '0', REFETCH_PER_SECOND: '8' })).to.deep.equal([8, 0]);
    expect(problems({ ...TOKEN, OFREP_REFETCH_PER_SECOND: '-1' })).to.have.length(1);
  });

  it('has no age for streams of OFREP but their own', () => {
    const age = (environment: Record<string, string>): number =>
      readConfig({ ...TOKEN, ...environment }, 20_000).ofrepStreamAgeMs;
    expect(age({ MAX_STREAM_AGE_SECONDS: '60', MAX_STREAM_AGE: '60' })).to.equal(0);
    expect(age({ OFREP_STREAM_AGE_SECONDS: '90' })).to.equal(90_000);
    expect(problems({ ...TOKEN, OFREP_STREAM_AGE_SECONDS: '-1' })).to.have.length(1);
  });

  it('has a public URL without a slash at its end, and takes no other address for one', () => {
    const read = (url: string): string | undefined => readConfig({ ...TOKEN, PUBLIC_URL: url }, 20_000).publicUrl;
    expect(['', 'https://a.example/', 'http://[::1]:8080/some/path'].map(read)).to.deep.equal([
      undefined,
      'https://a.example',
      'http://[::1]:8080/some/path',
    ]);
    for (const url of [
      'a.example',
      'ftp://a.example',
      'https://u:p@a.example',
      'https://a.example/?b',
      'https://a b',
      'https://',
    ])
      expect(problems({ ...TOKEN, PUBLIC_URL: url }), url).to.deep.equal([
        'PUBLIC_URL must be http:// or https:// with a host and an optional path, without credentials or a query',
      ]);
  });

  it('has a relay if it is on and the API is given, with room for its connections', () => {
    const api = { FLAGSMITH_API_URL: 'https://flagsmith.example/some/api/v1/' };
    expect(readConfig(TOKEN, 20_000)).to.include({ flagsmithApi: undefined, maxSubscribers: 19_488 });
    expect(readConfig({ ...TOKEN, ...api }, 20_000)).to.deep.include({
      flagsRelay: undefined,
      maxSubscribers: 10_000,
      flagsmithApi: { baseUrl: api.FLAGSMITH_API_URL, maxRequests: 16, timeoutMs: 8000 },
    });
    const relay = { ...TOKEN, ...api, FLAGS_RELAY: 'on' };
    expect(readConfig(relay, 20_000)).to.deep.include({
      flagsRelay: { maxAgeMs: 2000, staleMs: 3_600_000 },
      maxSubscribers: 10_000,
      maxConnections: 19_936,
    });
    expect(readConfig(relay, 600).maxSubscribers).to.equal(88);
    expect(readConfig({ ...relay, MAX_SUBSCRIBERS: '15000' }, 20_000).maxSubscribers).to.equal(15_000);
    expect(problems({ ...TOKEN, FLAGS_RELAY: 'on' })).to.deep.equal([
      'FLAGSMITH_API_URL is required with FLAGS_RELAY=on',
    ]);
    for (const url of [
      'flagsmith/api/v1/',
      'ftp://a/api/v1/',
      'http://a/api/v1',
      'http://u:p@a/api/v1/',
      'http://a/api/v1/?x',
      'http://a/api/v1/#',
    ])
      expect(problems({ ...TOKEN, FLAGSMITH_API_URL: url }).join(), url).to.match(/^FLAGSMITH_API_URL must be/);
  });

  it('never repeats a secret in an error', () => {
    expect(problems({ SSE_AUTHENTICATION_TOKEN: ' hidden ' }).join()).to.match(/SSE_AUTHENTICATION_TOKEN/);
    expect(problems({ SSE_AUTHENTICATION_TOKEN: ' hidden ' }).join()).not.to.include('hidden');
  });

  for (const [text, addresses] of [
    [':8080', [{ host: '', port: 8080 }]],
    ['0.0.0.0:80', [{ host: '0.0.0.0', port: 80 }]],
    [
      '[::1]:80, localhost:81',
      [
        { host: '::1', port: 80 },
        { host: 'localhost', port: 81 },
      ],
    ],
    ['', [{ host: '', port: 8080 }]],
  ] as const)
    it(`reads the address "${text}"`, () => {
      expect(readConfig({ ...TOKEN, LISTEN_ADDR: text }, 20_000).listenAddresses).to.deep.equal(addresses);
    });

  for (const text of ['8080', 'localhost', ':99999', '::1:80', 'http://a:80', ':80,', 'a b:80'])
    it(`refuses the address "${text}"`, () => expect(problems({ ...TOKEN, LISTEN_ADDR: text })).to.have.length(1));

  for (const name of ['änderung', '更新', 'a\nb', 'a\0b'])
    it(`refuses the event name ${JSON.stringify(name)}, whose bytes not every transport would write`, () =>
      expect(problems({ ...TOKEN, SSE_EVENT_NAME: name })).to.deep.equal([
        'SSE_EVENT_NAME must be printable ASCII characters',
      ]));

  for (const token of ['tökén', ' blank', 'blank ', 'line\nend', 'nul\0'])
    it(`refuses the token ${JSON.stringify(token)}, which no header can carry`, () =>
      expect(problems({ SSE_AUTHENTICATION_TOKEN: token })).to.have.length(1));

  it('keeps room for other files beside the streams, and never more streams than connections', () => {
    expect(readConfig(TOKEN, 1024).maxSubscribers).to.equal(512);
    expect(problems({ ...TOKEN, MAX_SUBSCRIBERS: '19937' })).to.have.length(1);
  });

  it('holds at most as many refusals as half of the connections beside the streams, and at most some thousands', () => {
    const held = (maxSubscribers: string): number =>
      readConfig({ ...TOKEN, MAX_SUBSCRIBERS: maxSubscribers }, 20_000).maxHeldRefusals;
    expect([held('19936'), held('19900'), held('1')]).to.deep.equal([0, 18, 4096]);
  });

  it('reads the proxies that are trusted, and says which of them it cannot read', () => {
    const { trustedProxies } = readConfig({ ...TOKEN, TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1' }, 20_000);
    const address = (peer: string): string => clientAddress(trustedProxies, peer, () => '203.0.113.1');
    expect(['10.1.2.3', '2001:db8::1', '11.1.2.3'].map(address)).to.deep.equal([
      '203.0.113.1',
      '203.0.113.1',
      '11.1.2.3',
    ]);
    expect(problems({ ...TOKEN, TRUSTED_PROXIES: '10.0.0.0/8,10.0.0.0/33' })).to.deep.equal([
      'TRUSTED_PROXIES must be addresses or networks, separated by commas; "10.0.0.0/33" is not',
    ]);
  });

  describe('of the webhook door', () => {
    const secret = { ...TOKEN, WEBHOOK_SECRET: 'hidden' };

    it('is off, unless there is a secret', () => {
      expect(readConfig(TOKEN, 20_000).webhooks).to.deep.equal({ secrets: [], environments: new Map() });
      expect(readConfig({ ...secret, WEBHOOK_SECRET_PREVIOUS: 'before' }, 20_000).webhooks.secrets).to.deep.equal([
        'hidden',
        'before',
      ]);
    });

    it('has the environments of each project', () => {
      const environments = (text: string): object =>
        Object.fromEntries(readConfig({ ...secret, WEBHOOK_ENVIRONMENTS: text }, 20_000).webhooks.environments);
      expect(environments('1=aB_-9')).to.deep.equal({ 1: ['aB_-9'] });
      expect(environments(' 1 = a, b,a ; 22=c')).to.deep.equal({ 1: ['a', 'b'], 22: ['c'] });
    });

    for (const [text, what] of [
      ['a,b', 'must be projectId=key,key;projectId=key; part 1 is not'],
      ['1=a;', 'must be projectId=key,key;projectId=key; part 2 is not'],
      ['p=a', 'must be projectId=key,key;projectId=key; part 1 is not'],
      ['1=', 'must have client-side keys of environments; key 1 of the project 1 is not one'],
      ['1=a;2=b,c.d', 'must have client-side keys of environments; key 2 of the project 2 is not one'],
      ['1=ser.hidden', 'must have client-side keys of environments; key 1 of the project 1 is not one'],
      ['1=a;01=b', 'names the project 1 twice'],
    ] as const)
      it(`refuses the environments "${text}", and says where they are wrong`, () =>
        expect(problems({ ...secret, WEBHOOK_ENVIRONMENTS: text })).to.deep.equal([`WEBHOOK_ENVIRONMENTS ${what}`]));

    it('refuses a secret that Flagsmith cannot have, and never repeats it', () => {
      for (const name of ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'])
        expect(problems({ ...secret, [name]: 'blank ' })).to.deep.equal([
          `${name} must not have leading or trailing blanks`,
        ]);
    });

    it('refuses settings that have no effect without a secret', () => {
      expect(problems({ ...TOKEN, WEBHOOK_SECRET_PREVIOUS: 'before', WEBHOOK_ENVIRONMENTS: '1=a' })).to.deep.equal([
        'WEBHOOK_SECRET is required with WEBHOOK_SECRET_PREVIOUS',
        'WEBHOOK_SECRET is required with WEBHOOK_ENVIRONMENTS',
      ]);
    });
  });

  describe('of the log', () => {
    const none = '/none/such';

    it('is that of the selected log only', () => {
      const memory = { ...TOKEN, UPDATE_LOG: 'memory' };
      expect(readConfig(memory, 20_000).log.kind.name).to.equal('memory');
      expect(problems({ ...memory, NATS_URL: 'http://h', NATS_CA_FILE: none, NATS_URL_FILE: none })).to.deep.equal([]);
      expect(Object.keys(readConfig(memory, 20_000).shown).filter((name) => name.startsWith('NATS'))).to.deep.equal([]);
    });

    it('is reported with all other errors', () => {
      expect(problems({ NATS_URL: 'http://h', NATS_REPLICAS: '9', KEEP_ALIVE_SECONDS: 'soon' })).to.have.length(4);
    });

    it('is not required if there is no such log', () => {
      const names = LOGS.map(({ name }) => name).join(', ');
      expect(problems({ ...TOKEN, UPDATE_LOG: 'kafka', NATS_URL: 'http://h' })).to.deep.equal([
        `UPDATE_LOG must be one of ${names}`,
      ]);
    });

    it('refuses several workers on a log that they cannot share', () => {
      expect(problems({ ...TOKEN, UPDATE_LOG: 'memory', WORKERS: '2' })).to.deep.equal([
        'WORKERS must be 1 with UPDATE_LOG=memory, not 2: workers receive updates from each other through the log',
      ]);
      expect(problems({ ...TOKEN, WORKERS: '2' })).to.deep.equal([]);
    });
  });

  describe('of the published image', () => {
    const ageMs = (variables: Record<string, string>): number =>
      readConfig({ ...TOKEN, ...variables }, 20_000).maxStreamAgeMs;

    it('has an age of streams, which counts if ours is not set', () => {
      expect(ageMs({ MAX_STREAM_AGE: '30' })).to.equal(30_000);
      expect(ageMs({ MAX_STREAM_AGE: '-1' })).to.equal(0);
      expect(ageMs({ MAX_STREAM_AGE: '30', MAX_STREAM_AGE_SECONDS: '60' })).to.equal(60_000);
      expect(ageMs({ MAX_STREAM_AGE: '30', MAX_STREAM_AGE_SECONDS: '' })).to.equal(30_000);
      expect(problems({ ...TOKEN, MAX_STREAM_AGE: 'long' })[0]).to.match(/^MAX_STREAM_AGE must be a number/);
      expect(problems({ ...TOKEN, MAX_STREAM_AGE_SECONDS: '-1' })[0]).to.match(/^MAX_STREAM_AGE_SECONDS must/);
      expect(readConfig({ ...TOKEN, MAX_STREAM_AGE: '30' }, 20_000).shown).to.include({ MAX_STREAM_AGE_SECONDS: '30' });
    });

    it('has others, without effect here: they are named', () => {
      const unused = {
        REDIS_HOST: 'r',
        REDIS_PORT: '6379',
        REDIS_USERNAME: 'u',
        REDIS_PASSWORD: 'p',
        REDIS_SCAN_COUNT: '500',
        REDIS_USE_SSL: 'True',
        USE_CLUSTER_MODE: 'False',
        CACHE_UPDATE_INTERVAL_SECONDS: '1',
        STREAM_DELAY: '1',
      };
      expect(readConfig({ ...TOKEN, ...unused }, 20_000).unusedVariables).to.deep.equal(Object.keys(unused));
    });
  });

  it('has one variable of each name', () => {
    const names = VARIABLES.flatMap(({ name, secret }) => (secret === true ? [name, fileVariable(name)] : [name]));
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it('shows the effective values, and only the permitted part of a secret', () => {
    const { shown } = readConfig({ ...TOKEN, NATS_URL: 'nats://me:hidden@a,tls://b', LISTEN_ADDR: '' }, 1024);
    expect(shown).to.include({
      SSE_AUTHENTICATION_TOKEN: '(set)',
      SSE_AUTHENTICATION_TOKEN_PREVIOUS: '',
      NATS_URL: 'nats://***@a:4222,tls://b:4222',
      LISTEN_ADDR: ':8080',
      MAX_SUBSCRIBERS: '512',
      STREAM_AGE_RULES: 'Dart/=31-39,Faraday=24-36,flagsmith-kotlin-android-sdk/=1500-1740',
    });
    expect(Object.keys(shown)).to.include.members(['NATS_STREAM', 'WORKERS', 'LOG_LEVEL']);
  });

  it('treats an empty variable as unset, unless an empty value has a meaning', () => {
    const config = readConfig({ ...TOKEN, KEEP_ALIVE_SECONDS: '', SSE_EVENT_NAME: '', STREAM_AGE_RULES: '' }, 20_000);
    expect([config.keepAliveMs, config.eventName, config.streamAgeRules]).to.deep.equal([15_000, '', []]);
  });
});
