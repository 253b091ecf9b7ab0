import type { BrowserContext, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { ENVIRONMENT } from '../support/servers/changing-api.ts';

const IMPORTS = {
  '@openfeature/core': '/node_modules/@openfeature/core/dist/esm/index.js',
  '@openfeature/web-sdk': '/node_modules/@openfeature/web-sdk/dist/esm/index.js',
  '@openfeature/ofrep-core': '/node_modules/@openfeature/ofrep-core/index.esm.js',
  '@openfeature/ofrep-web-provider': '/node_modules/@openfeature/ofrep-web-provider/index.esm.js',
};

/** A page with the provider. It leaves its client, and what the client and the streams had of events, where a test reads it. */
export const PROVIDER_PAGE = `<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">
  import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
  import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';

  const { baseUrl, headers, context } = JSON.parse(new URLSearchParams(location.search).get('settings'));
  const client = OpenFeature.getClient();
  globalThis.OpenFeature = OpenFeature;
  globalThis.client = client;
  globalThis.events = [];
  globalThis.messages = 0;
  globalThis.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener('message', () => globalThis.messages++);
    }
  };
  for (const event of Object.values(ProviderEvents)) client.addHandler(event, () => globalThis.events.push(event));
  await OpenFeature.setContext(context);
  await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl, headers })).catch(() => undefined);
  globalThis.isLoaded = true;
</script>`;

export interface PageSettings {
  /** Where the service is, as an absolute URL. The provider puts its paths behind it, so it has no slash at its end. */
  readonly baseUrl: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly context?: Readonly<Record<string, unknown>>;
}

/** What the client says of a flag. */
export interface FlagDetails {
  readonly value: unknown;
  readonly reason?: string;
  readonly errorCode?: string;
  readonly flagMetadata: Readonly<Record<string, unknown>>;
}

/** A tab with the real provider, and the requests that it made. */
export class ProviderPage {
  readonly #page: Page;
  /** How often the flags were asked for. */
  evaluations = 0;
  /** When each stream was asked for, also by the browser itself, on this process's `performance.now()`. */
  readonly streamsAtMs: number[] = [];

  private constructor(page: Page) {
    this.#page = page;
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname === '/ofrep/v1/evaluate/flags' && request.method() === 'POST') this.evaluations++;
      if (pathname === '/ofrep/v1/sse') this.streamsAtMs.push(performance.now());
    });
  }

  /** Opens the tab, and waits until the provider has its first answer, unless told to go on at once. */
  static async open(browser: BrowserContext, url: string, settings: PageSettings, waits = true): Promise<ProviderPage> {
    const page = await browser.newPage();
    const opened = new ProviderPage(page);
    const all = { headers: [['X-API-Key', ENVIRONMENT]], context: { targetingKey: 'user-1' }, ...settings };
    await page.goto(`${url}settings=${encodeURIComponent(JSON.stringify(all))}`);
    if (waits) await opened.isLoaded();
    return opened;
  }

  async isLoaded(): Promise<void> {
    await eventually('the provider to be initialized', () =>
      this.#page.evaluate<boolean>('globalThis.isLoaded === true'),
    );
  }

  status(): Promise<string> {
    return this.#page.evaluate('client.providerStatus');
  }

  events(): Promise<readonly string[]> {
    return this.#page.evaluate('events');
  }

  /** How many events its streams had. */
  messages(): Promise<number> {
    return this.#page.evaluate('messages');
  }

  details(type: 'Boolean' | 'String' | 'Number' | 'Object', flag: string, otherwise: unknown): Promise<FlagDetails> {
    return this.#page.evaluate(`client.get${type}Details(${JSON.stringify(flag)}, ${JSON.stringify(otherwise)})`);
  }

  setContext(context: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#page.evaluate(`OpenFeature.setContext(${JSON.stringify(context)})`);
  }

  /** Waits until the flag has the value. */
  async shows(flag: string, value: number | string): Promise<void> {
    let shown: unknown;
    const type = typeof value === 'number' ? 'Number' : 'String';
    await eventually(
      () => `${flag} to be ${value}, not ${String(shown)}, in the page`,
      async () => {
        shown = (await this.details(type, flag, typeof value === 'number' ? 0 : '')).value;
        return shown === value;
      },
    );
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
