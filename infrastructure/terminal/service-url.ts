/**
 * The base URL of a service as the SDKs take it, with or without a final slash, and with a path if the service is
 * behind a prefix.
 *
 * @throws Error if the text is not an http or https URL
 */
export class ServiceUrl {
  /** Ends with a slash. */
  readonly base: URL;

  constructor(text: string) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol))
      throw new Error(`invalid URL: ${text}. Expected http://HOST[:PORT] or https://HOST[:PORT].`);
    url.search = '';
    url.hash = '';
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    this.base = url;
  }

  at(path: string): URL {
    return new URL(path, this.base);
  }

  stream(environment: string): URL {
    return this.at(`sse/environments/${environment}/stream`);
  }

  queueChange(environment: string): URL {
    return this.at(`sse/environments/${environment}/queue-change`);
  }
}
