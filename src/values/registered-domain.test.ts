import { expect, it } from 'vitest';
import { domainParts, registeredDomain } from './registered-domain.ts';

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
