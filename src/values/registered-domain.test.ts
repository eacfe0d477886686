import fc from 'fast-check';
import { expect, it } from 'vitest';
import { domainParts, noDomain, registeredDomain, registeredInTail } from './registered-domain.ts';

const parts = (name: string) => {
  const found = registeredDomain(name);
  return found && domainParts.slice(1).map((part) => found[part] ?? null);
};

it('takes names of hosts apart by the public suffix list', () => {
  expect(parts('www.example.co.uk')).toEqual(['example.co.uk', 'co.uk', 'www']);
  expect(parts('WWW.Example.com')).toEqual(['example.com', 'com', 'WWW']);
  expect(parts('a.b.c.example.com')).toEqual(['example.com', 'com', 'a.b.c']);
  expect(parts('example.com')).toEqual(['example.com', 'com', null]);
  expect(parts('com')).toEqual([null, 'com', null]);
  expect(parts('https://a.example.com')).toEqual(['example.com', 'com', 'https://a']);
});

it('takes private suffixes for domains that somebody registered', () => {
  expect(parts('alice.github.io')).toEqual(['github.io', 'io', 'alice']);
  expect(parts('github.io')).toEqual(['github.io', 'io', null]);
});

it('knows none where the list has no suffix', () => {
  for (const name of ['', '  ', '$', '.', '.example.com', '10.0.0.1', 'printer.internal', 'a.example.com/path'])
    expect(registeredDomain(name), name).toBe(null);
});

it('knows from three labels what names that end with them registered', () => {
  expect(registeredInTail('www.example.com')).toBe('example.com');
  expect(registeredInTail('example.co.uk')).toBe('example.co.uk');
  expect(registeredInTail('alice.github.io')).toBe('github.io');
  expect(registeredInTail('s3.amazonaws.com')).toBe('s3.amazonaws.com');
  expect(registeredInTail('example.com')).toBe('example.com');
  // Below the first two the list has more, and the last are suffixes themselves.
  for (const tail of ['compute.amazonaws.com', 'elb.amazonaws.com', 'x.kawasaki.jp', 'co.uk', 'com'])
    expect(registeredInTail(tail), tail).toBe(null);
  for (const tail of ['2.3.4', 'dc.corp.local', 'printer']) expect(registeredInTail(tail), tail).toBe(noDomain);
});

it('knows the same from the end of a name as from all of it', () => {
  const label = fc.constantFrom(
    ...[
      'www',
      'a',
      'x--1',
      'com',
      'co',
      'uk',
      'jp',
      'kawasaki',
      'city',
      'kobe',
      'ck',
      'github',
      'io',
      's3',
      'amazonaws',
    ],
    ...[
      'us-east-1',
      'elb',
      'compute',
      'compute-1',
      'eu-west-1',
      'cn',
      'cn-north-1',
      'blogspot',
      'azure',
      'net',
      'no',
      'er',
    ],
    ...['gov', 'dyndns', 'org', 'platform', 'sh', 'eu', 'de', 'cloud', 'static', 'my', 'priv', 'uk0', 'sch', 'bd', '9'],
  );
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 7 }), (labels) => {
      const found = registeredInTail(labels.slice(-3).join('.'));
      if (found !== null) expect(registeredDomain(labels.join('.'))?.registered_domain ?? noDomain).toBe(found);
    }),
    { numRuns: 20_000 },
  );
});
