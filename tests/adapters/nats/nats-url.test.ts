import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type NatsAddress, parseNatsUrl } from '../../../adapters/nats/nats-url.ts';

const token = (text: string) => ({ kind: 'token', token: text });
const user = (name: string, pass: string) => ({ kind: 'user', user: name, pass });

describe('NATS_URL', () => {
  const accepted: [string, string[], Partial<NatsAddress>][] = [
    ['nats://127.0.0.1:4222', ['127.0.0.1:4222'], { tls: false, credentials: undefined }],
    ['nats://nats.example', ['nats.example:4222'], {}],
    ['NATS://nats.example', ['nats.example:4222'], {}],
    ['nats.example', ['nats.example:4222'], {}],
    ['nats.example:5222', ['nats.example:5222'], {}],
    ['localhost', ['localhost:4222'], {}],
    ['nats://under_score.svc:4222/', ['under_score.svc:4222'], {}],
    ['tls://nats.example:4443', ['nats.example:4443'], { tls: true }],
    ['nats://a:1, nats://b:2 ,c', ['a:1', 'b:2', 'c:4222'], { redacted: 'nats://a:1,nats://b:2,nats://c:4222' }],
    ['nats://a,nats://a:4222', ['a:4222'], {}],
    ['nats://a,tls://b', ['a:4222', 'b:4222'], { tls: true }],
    ['nats://[::1]:4222', ['[::1]:4222'], {}],
    ['nats://[2001:db8::1]', ['[2001:db8::1]:4222'], {}],
    ['::1', ['[::1]:4222'], {}],
    ['nats://s3cret@nats.example', ['nats.example:4222'], { credentials: token('s3cret') as never }],
    ['s3cret@nats.example', ['nats.example:4222'], { credentials: token('s3cret') as never }],
    ['nats://me:s3cret@nats.example', ['nats.example:4222'], { credentials: user('me', 's3cret') as never }],
    ['nats://me:@nats.example', ['nats.example:4222'], { credentials: user('me', '') as never }],
    ['nats://me:a:b@nats.example', ['nats.example:4222'], { credentials: user('me', 'a:b') as never }],
    ['nats://me:p%40ss%2Fw%C3%B6rd%2C@h', ['h:4222'], { credentials: user('me', 'p@ss/wörd,') as never }],
    ['nats://me:p@ss@h', ['h:4222'], { credentials: user('me', 'p@ss') as never }],
    ['nats://t%3Aoken@[::1]:1', ['[::1]:1'], { credentials: token('t:oken') as never, redacted: 'nats://***@[::1]:1' }],
    ['nats://me:x@a,nats://b', ['a:4222', 'b:4222'], { credentials: user('me', 'x') as never }],
    ['nats://me:x@a,nats://me:x@b', ['a:4222', 'b:4222'], { redacted: 'nats://***@a:4222,nats://***@b:4222' }],
  ];
  for (const [text, servers, expected] of accepted)
    it(`accepts ${text}`, () => {
      const address = parseNatsUrl(text);
      expect(address).to.deep.include({ servers, ...expected });
    });

  const refused: [string, RegExp][] = [
    ['', /is empty/],
    [' , ', /is empty/],
    ['http://h', /scheme/],
    ['ws://h', /scheme/],
    ['nats:/h', /host|port/],
    ['nats://', /no host/],
    ['nats://h:0', /port/],
    ['nats://h:65536', /port/],
    ['nats://h:port', /port/],
    ['nats://h:', /port/],
    ['nats://h:42 22', /port/],
    ['nats://h/path', /host/],
    ['nats://h?x=1', /host/],
    ['nats://h h', /host/],
    ['nats://[::1', /host/],
    ['nats://[nats.example]:4222', /IPv6/],
    ['nats://a,http://b', /\(URL 2\) .*scheme/],
    ['nats://@h', /empty token/],
    ['nats://:s3cret@h', /empty user/],
    ['nats://me:%E0%A4%A@h', /percent-encoded/],
    ['nats://me:s3cret/x@h', /percent-encode/],
    ['nats://me:s3cret@a,nats://me:s3cret2@b', /different credentials/],
    ['nats://s3cret@a,nats://s3cret:@b', /different credentials/],
  ];
  for (const [text, reason] of refused)
    it(`refuses ${JSON.stringify(text)} and repeats no secret`, () => {
      const address = parseNatsUrl(text);
      if (!('invalid' in address)) throw new Error('accepted');
      expect(address.invalid).to.match(reason);
      expect(address.invalid).to.not.include('s3cret');
    });

  const secret = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const scheme = fc.constantFrom('nats://', 'tls://', '');

  it('reads any user and password back, and any token', () => {
    fc.assert(
      fc.property(scheme, secret, fc.option(secret), (prefix, first, second) => {
        const userInfo = [first, ...(second === null ? [] : [second])].map(encodeURIComponent).join(':');
        const address = parseNatsUrl(`${prefix}${userInfo}@nats.example:4000`);
        expect(address).to.deep.include({
          servers: ['nats.example:4000'],
          credentials: second === null ? token(first) : user(first, second),
        });
      }),
    );
  });

  // A bare comma separates URLs, so the text before it is a URL of its own.
  const beforeAt = fc.string({ maxLength: 12 }).filter((text) => !text.includes(','));

  it('never shows the text before an @', () => {
    fc.assert(
      fc.property(
        scheme,
        beforeAt,
        fc.oneof(fc.string(), fc.constant('nats.example:4222')),
        (prefix, before, after) => {
          const marked = `Zq7${before}Zq7`;
          const address = parseNatsUrl(`${prefix}${marked}:${marked}@${after}`);
          const shown = 'invalid' in address ? address.invalid : address.redacted + address.servers.join();
          expect(shown).to.not.include('Zq7');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is a reader that never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const address = parseNatsUrl(text);
        expect('invalid' in address || address.servers.length > 0).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });
});
