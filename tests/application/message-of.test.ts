import { expect } from 'chai';
import { messageOf } from '../../application/ports/message-of.ts';

describe('the message of what was thrown', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [new Error('no'), 'no'],
    [new TypeError(), 'TypeError'],
    [new AggregateError([new Error('a'), 'b', undefined]), 'a; b; no reason was given'],
    [new AggregateError([], 'all'), 'all'],
    [new AggregateError([]), 'AggregateError'],
    ['text', 'text'],
    [7, '7'],
    [undefined, 'no reason was given'],
    [null, 'no reason was given'],
    [Symbol('s'), 'Symbol(s)'],
    [{ message: 'x' }, '[object Object]'],
    [Object.create(null), '[object Object]'],
  ];
  for (const [index, [thrown, message]] of cases.entries())
    it(`is "${message}" (${index})`, () => expect(messageOf(thrown)).to.equal(message));
});
