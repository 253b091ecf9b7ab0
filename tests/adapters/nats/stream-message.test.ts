import { expect } from 'chai';
import { describe, it } from 'mocha';
import { parsePosition } from '../../../adapters/nats/position.ts';
import { readUpdate } from '../../../adapters/nats/stream-message.ts';
import { covers } from '../../../adapters/nats/update-stream.ts';

const ALL = 'flagsmith.environment.>';

describe('a delivered message', () => {
  const position = { streamSequence: 41, deliverySequence: 7, storedAtMs: 1733480514079, pending: 3 };

  it('gives its position in the form of servers without a domain', () => {
    expect(parsePosition('$JS.ACK.environments-stream.c0.1.41.7.1733480514079725000.3')).to.deep.equal(position);
  });

  it('gives its position in the form of servers with a domain', () => {
    expect(parsePosition('$JS.ACK.hub.AAA.environments-stream.c0.1.41.7.1733480514079725000.3.xyz')).to.deep.equal(
      position,
    );
  });

  const unreadable = ['', ' 41', '-1', '4e1', '0x29', '9007199254740993', '4.1'].map(
    (sequence) => `$JS.ACK.s.c.1.${sequence}.7.1733480514079725000.3`,
  );
  for (const reply of [
    undefined,
    '',
    '_INBOX.x',
    '$JS.ACK.s.c.1.41.7.17',
    '$JS.ACK.s.c.1.x.7.17.3',
    '$JS.FC.s.c.x',
    ...unreadable,
  ])
    it(`has none when its reply subject is ${JSON.stringify(reply)}`, () => {
      expect(parsePosition(reply)).to.equal(undefined);
    });

  const decoded = (subject: string, text: string) =>
    readUpdate({ subject, data: new TextEncoder().encode(text) }, 41, 1_733_480_514_079);

  it('is read in every form of an updated_at', () => {
    const read = (value: string) => decoded('flagsmith.environment.home', `{"updated_at":${value}}`);
    const update = { sequence: 41, updatedAt: '123', storedAtMs: 1_733_480_514_079 };
    expect(read('123')).to.deep.equal({ environment: 'home', update });
    expect(read('1735229888')).to.have.nested.property('update.updatedAt', '1735229888.000000');
    const date = '"2024-12-06T10:21:54.079725+00:00"';
    expect(read(date)).to.have.nested.property('update.updatedAt', '1733480514.079725');
  });

  it('is skipped because of its subject, its size or its content', () => {
    expect(decoded('flagsmith.environment.a.b', '{"updated_at":1}')).to.equal('subject');
    expect(decoded('flagsmith.other.a', '{"updated_at":1}')).to.equal('subject');
    expect(decoded('flagsmith.environment.a', ' '.repeat(2000))).to.equal('size');
    for (const text of ['', 'noise', '{}', '{"updated_at":null}', '[]'])
      expect(decoded('flagsmith.environment.a', text), text).to.equal('content');
  });
});

describe('a subject pattern', () => {
  for (const [pattern, covered] of [
    ['>', true],
    ['flagsmith.>', true],
    ['flagsmith.*.>', true],
    ['flagsmith.environment.>', true],
    ['*.environment.>', true],
    ['flagsmith.environment.*', false],
    ['flagsmith.environment', false],
    ['flagsmith.environment.a.>', false],
    ['other.>', false],
  ] as const)
    it(`${pattern} ${covered ? 'covers' : 'does not cover'} all environments`, () => {
      expect(covers(pattern, ALL)).to.equal(covered);
    });

  it('of one token covers itself', () => {
    expect(covers('flagsmith.environment.*', 'flagsmith.environment.*')).to.equal(true);
    expect(covers('flagsmith.environment.a', 'flagsmith.environment.*')).to.equal(false);
    expect(covers('flagsmith.environment.*', 'flagsmith.environment.a.b')).to.equal(false);
  });
});
