import { expect } from 'chai';
import fc from 'fast-check';
import {
  clientAddress,
  NO_PROXIES,
  parseTrustedProxies,
  type TrustedProxies,
} from '../../../adapters/http/client-address.ts';
import { usedHeapBytes } from '../../support/memory/used-heap.ts';

function proxies(text: string): TrustedProxies {
  const parsed = parseTrustedProxies(text);
  if ('invalid' in parsed) throw new Error(`no list of proxies: ${parsed.invalid}`);
  return parsed;
}

/** An address as a number of 128 bits, and a way of writing it. */
interface Written {
  readonly value: bigint;
  readonly text: string;
}

const IPV4 = 0xffffn << 32n;
const isIpv4 = (value: bigint): boolean => value >> 32n === 0xffffn;
const dotted = (value: bigint): string => [24n, 16n, 8n, 0n].map((bits) => (value >> bits) & 0xffn).join('.');
const groups = (value: bigint, digits = 1): string[] =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((bits) =>
    ((value >> bits) & 0xffffn).toString(16).padStart(digits, '0'),
  );
const shortest = (value: bigint): string => new URL(`http://[${groups(value).join(':')}]/`).hostname.slice(1, -1);

function waysToWrite(value: bigint): string[] {
  const whole = groups(value, 4).join(':');
  const ways = [whole, whole.toUpperCase(), shortest(value), `${groups(value).slice(0, 6).join(':')}:${dotted(value)}`];
  return isIpv4(value) ? [dotted(value), `::ffff:${dotted(value)}`, ...ways] : ways;
}

/** From a few networks, so that many are trusted and some are the same. */
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: 1023n }).map((host) => IPV4 | (0x0a000000n + host)),
  fc.bigInt({ min: 0n, max: 0xffff_ffffn }).map((host) => IPV4 | host),
  fc.bigInt({ min: 0n, max: 3n }).map((host) => (0x2001_0db8_0000_0001n << 64n) | host),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  fc.constantFrom(0n, 1n, 0x2001_0db8n << 96n),
);
const written = value.chain((number) =>
  fc.constantFrom(...waysToWrite(number)).map((text): Written => ({ value: number, text })),
);
const hop: fc.Arbitrary<Written | { readonly value: undefined; readonly text: string }> = fc.oneof(
  { weight: 9, arbitrary: written },
  {
    weight: 9,
    arbitrary: fc.tuple(written, fc.integer({ min: 0, max: 99_999 })).map(([address, port]) => ({
      ...address,
      text: address.text.includes(':') ? `[${address.text}]:${port}` : `${address.text}:${port}`,
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        '',
        ' ',
        'unknown',
        '_a',
        '1.2.3',
        '01.2.3.4',
        '1.2.3.4:x',
        '"[::1]"',
        '[::1',
        '::1:',
        '[]',
        '1.2.3.4 5',
      )
      .map((text) => ({ value: undefined, text })),
  },
);
const network = fc.tuple(written, fc.integer({ min: 0, max: 128 })).map(([address, bits]) => {
  if (address.text.includes(':')) return { ...address, bits, text: `${address.text}/${bits}` };
  return { ...address, bits: 96 + (bits % 33), text: `${address.text}/${bits % 33}` };
});

/** The rule, on numbers. */
function expected(
  trusted: readonly { value: bigint; bits: number }[],
  peer: bigint,
  hops: (bigint | undefined)[],
): string {
  const isTrusted = (address: bigint): boolean =>
    trusted.some(({ value, bits }) => value >> BigInt(128 - bits) === address >> BigInt(128 - bits));
  const path = [...hops, peer];
  let at = path.length - 1;
  for (; at > 0; at--) {
    const address = path[at];
    if (address === undefined || !isTrusted(address)) break;
  }
  const client = path[at] ?? peer;
  return isIpv4(client) ? dotted(client) : `${groups(client).slice(0, 4).join(':')}::/64`;
}

describe('The address that a client is counted by', () => {
  it('is the same as by a plain rule on numbers, however the addresses are written', () => {
    fc.assert(
      fc.property(
        fc.array(network, { maxLength: 4 }),
        written,
        fc.array(hop, { maxLength: 5 }),
        (trusted, peer, hops) => {
          const list = proxies(trusted.map(({ text }) => text).join(', '));
          const header = hops.map(({ text }) => text).join(', ');
          const values = hops.length === 0 ? [undefined] : hops.map((one) => one.value);
          expect(clientAddress(list, peer.text, () => header)).to.equal(expected(trusted, peer.value, values));
        },
      ),
      { numRuns: 5000 },
    );
  });

  const TRUSTED = proxies('10.0.0.0/8, 192.0.2.1, 2001:db8::/32');

  for (const [what, peer, header, address] of [
    ['the peer, where it is no proxy of ours', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['the peer, where it has written nothing', '10.0.0.1', '', '10.0.0.1'],
    ['the one that a proxy names', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    [
      'the last that is no proxy, whatever stands before it',
      '10.0.0.1',
      'x, 1.1.1.1, 203.0.113.9, 10.0.0.2',
      '203.0.113.9',
    ],
    ['the first of nothing but proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['the peer, where what a proxy wrote cannot be read', '10.0.0.1', '203.0.113.9, unknown, 10.0.0.2', '10.0.0.1'],
    ['without its port', '192.0.2.1', '203.0.113.9:4711', '203.0.113.9'],
    ['without its port, of IPv6', '2001:db8::1', '[2001:4860:0:1:2:3:4:5]:4711', '2001:4860:0:1::/64'],
    ['one of IPv4, where a socket for both families has it', '::ffff:10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['the network of 64 bits', '2001:4860:0:1:ffff::1', '', '2001:4860:0:1::/64'],
    ['the same on whatever interface it is', 'fe80::1%eth0', '', 'fe80:0:0:0::/64'],
    ['none, where the connection is gone', '', '203.0.113.9', ''],
  ] as const)
    it(`is ${what}`, () => expect(clientAddress(TRUSTED, peer, () => header)).to.equal(address));

  it('does not read the header if the peer is not a proxy', () => {
    const unread = (): string => {
      throw new Error('nobody asked for it');
    };
    expect(clientAddress(NO_PROXIES, '10.0.0.1', unread)).to.equal('10.0.0.1');
  });

  it('is found quickly in the longest header that a parser accepts', () => {
    for (const part of ['[', ':', '[:', '1.', '1', ',', '[1]:', ' ', ',10.0.0.1'])
      for (const header of [part.repeat(16_384 / part.length), `[${part.repeat(16_384 / part.length)}`])
        for (let request = 0; request < 20; request++)
          expect(clientAddress(TRUSTED, '10.0.0.1', () => header)).to.equal('10.0.0.1');
  }).timeout(20_000);

  it('keeps nothing of the header in memory', async () => {
    const before = await usedHeapBytes();
    const addresses = new Set<string>();
    for (let client = 0; client < 2000; client++) {
      const own = `203.113.${100 + (client >> 7)}.${128 + (client & 127)}`;
      addresses.add(clientAddress(TRUSTED, '10.0.0.1', () => `${`${client}, `.padEnd(8000, 'x')}, ${own}`));
    }
    expect(addresses.size).to.equal(2000);
    expect((await usedHeapBytes()) - before).to.be.lessThan(2_000_000);
  });
});

describe('A list of trusted proxies', () => {
  for (const text of [
    '10.0.0.0/33',
    '::/129',
    '10.0.0',
    'proxy.example',
    '10.0.0.1,',
    ',',
    '10.0.0.0/',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '[::1]',
    '10.0.0.1:80',
    '10.0.0.0/8/8',
    '10.0.0.0/0x8',
  ])
    it(`rejects "${text}"`, () => expect(parseTrustedProxies(text)).to.have.property('invalid'));

  it('says what in it is wrong', () => {
    expect(parseTrustedProxies('10.0.0.0/8, here ,::1')).to.deep.equal({ invalid: 'here' });
  });
});
