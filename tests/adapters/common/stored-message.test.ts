import { expect } from 'chai';
import { readStoredMessage } from '../../../adapters/common/stored-message.ts';

const read = (text: string) => readStoredMessage(new TextEncoder().encode(text));

describe('a message in a log', () => {
  it('is read as its time, in canonical form', () => {
    expect(read('{"updated_at":123}')).to.equal('123');
    expect(read('{"updated_at":1735229888}')).to.equal('1735229888.000000');
    expect(read('{"x":[1],"updated_at":"2024-12-06T10:21:54.079725+00:00"}')).to.equal('1733480514.079725');
  });

  it('is not an update when it is longer than 1,024 bytes, whatever it contains', () => {
    const padded = (bytes: number): string => '{"updated_at":123}'.padEnd(bytes);
    expect(read(padded(1024))).to.equal('123');
    expect(read(padded(1025))).to.deep.equal({ why: 'size' });
    expect(readStoredMessage(new Uint8Array(1 << 20))).to.deep.equal({ why: 'size' });
  });

  for (const text of ['', 'noise', '{}', '[]', '{"updated_at":null}', '{"updated_at":-1}'])
    it(`is not an update when it is ${JSON.stringify(text)}`, () =>
      expect(read(text)).to.deep.equal({ why: 'content' }));

  it('is not an update when its bytes are not text', () => {
    expect(readStoredMessage(new Uint8Array(20).fill(0xfe))).to.deep.equal({ why: 'content' });
  });
});
