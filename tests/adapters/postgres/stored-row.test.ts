import { expect } from 'chai';
import { readPayload, readRow } from '../../../adapters/postgres/stored-row.ts';

describe('What comes out of PostgreSQL', () => {
  it('is an update, as a row and as a notification', () => {
    const update = { sequence: 7, updatedAt: '1.5', storedAtMs: 9 };
    expect(readPayload('home 7 9 - 1.5')).to.deep.equal({ environment: 'home', update });
    expect(
      readRow({ environment: 'home', updated_at: '1.5', sequence: '7', stored_ms: '9', first_stored_ms: null }),
    ).to.deep.equal({ environment: 'home', update });
  });

  it('is a repair, with the time of its original', () => {
    const repair = { sequence: 7, updatedAt: '1.5', storedAtMs: 4, isRepair: true };
    expect(readPayload('home 7 9 4 1.5')).to.deep.equal({ environment: 'home', update: repair });
    expect(
      readRow({ environment: 'home', updated_at: '1.5', sequence: '7', stored_ms: '9', first_stored_ms: '4' }),
    ).to.deep.equal({ environment: 'home', update: repair });
  });

  it('may be anything, because others can write there', () => {
    const garbage: Record<string, string> = {
      '': 'subject',
      'ho.me 7 9 - 1.5': 'subject',
      'home 0 9 - 1.5': 'metadata',
      'home -1 9 - 1.5': 'metadata',
      'home 9007199254740993 9 - 1.5': 'metadata',
      'home 7 soon - 1.5': 'metadata',
      'home 7 9 -': 'content',
      'home 7 9 - yesterday': 'content',
      'home 7 9 - 1.5 more': 'content',
      [`home 7 9 - 1.5${' '.repeat(300)}`]: 'size',
    };
    for (const [payload, reason] of Object.entries(garbage)) expect(readPayload(payload), payload).to.equal(reason);
    expect(readRow({})).to.equal('subject');
    expect(readRow({ environment: 'home', updated_at: 'x', sequence: '7', stored_ms: '9' })).to.equal('content');
  });
});
