import { expect } from 'chai';
import { environmentNamedIn, ServerKeys } from '../../application/server-keys.ts';
import { capturedAnswer, CLIENT_KEY } from '../support/servers/captured-api.ts';
import { env } from '../support/memory/memory-instance.ts';

describe('The environment that a document names', () => {
  const named = (text: string): string | undefined => environmentNamedIn(Buffer.from(text));

  it('is its api_key, in a real one', () => {
    expect(named(capturedAnswer('document-server').body)).to.equal(CLIENT_KEY);
  });

  it('is a field of the outermost object, at any position and in any notation', () => {
    for (const text of [
      '{"api_key":"abc"}',
      ' { "id" : 1 , "api_key" : "abc" }',
      '{"project":{"api_key":"no"},"list":[{"api_key":"no"}],"api_key":"abc"}',
      '{"name":"\\"api_key\\":\\"no\\"","api_key":"abc"}',
      '{"name":"}{][\\\\","api_key":"abc"}',
      '{"name":"ä","api_key":"abc","name":"cut sho',
    ])
      expect(named(text), text).to.equal('abc');
  });

  it('is unknown if it is missing or invalid', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      '{"api_key":null,"x":"abc"}',
      '{"api_key":["abc"]}',
      '{"api_key":{"api_key":"abc"}}',
      '{"api_key":"a.b"}',
      '{"x":"api_key","y":"abc"}',
      '[{"api_key":"abc"}]',
      `{"x":"${'x'.repeat(70_000)}","api_key":"abc"}`,
    ])
      expect(named(text), text.slice(0, 40)).to.equal(undefined);
  });

  it('is read out of megabytes without reading them', () => {
    const document = Buffer.alloc(8_000_000, '{"a":');
    const beganMs = performance.now();
    for (let time = 0; time < 100; time++) environmentNamedIn(document);
    expect(performance.now() - beganMs).to.be.lessThan(5000);
  });
});

describe('Server-side keys', () => {
  it('belong to the environment that was named last', () => {
    const keys = new ServerKeys();
    expect(keys.learn('ser.a', env('red'))).to.equal(true);
    expect(keys.learn('ser.a', env('red'))).to.equal(false);
    keys.learn('ser.b', env('red'));
    expect([...keys.of(env('red'))]).to.deep.equal(['ser.a', 'ser.b']);
    expect(keys.learn('ser.a', env('blue'))).to.equal(true);
    expect([...keys.of(env('red'))]).to.deep.equal(['ser.b']);
    expect([...keys.of(env('blue'))]).to.deep.equal(['ser.a']);
  });

  it('are 10,000 at most: the one that was learned first is forgotten', () => {
    const keys = new ServerKeys();
    for (let key = 0; key <= 10_000; key++) keys.learn(`ser.${key}`, env(`env-${key}`));
    expect([...keys.of(env('env-0'))]).to.deep.equal([]);
    expect([...keys.of(env('env-1'))]).to.deep.equal(['ser.1']);
    expect([...keys.of(env('env-10000'))]).to.deep.equal(['ser.10000']);
  });
});
