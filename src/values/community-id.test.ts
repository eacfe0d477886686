import { expect, test } from 'vitest';
import { communityId } from './community-id.ts';

/** Flows of the specification's own examples, and what they have by it. */
const known: readonly (readonly [string, string, string, string, string, string])[] = [
  ['tcp', '128.232.110.120', '34855', '66.35.250.204', '80', '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['udp', '192.168.1.52', '54585', '8.8.8.8', '53', '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  ['icmp', '192.168.0.89', '8', '192.168.0.1', '0', '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['ipv6-icmp', 'fe80::200:86ff:fe05:80da', '135', 'fe80::260:97ff:fe07:69ea', '0', '1:dGHyGvjMfljg6Bppwm3bg0LO8TY='],
];

test.each(known)('%s from %s', (transport, source, sourcePort, destination, destinationPort, id) => {
  expect(communityId(source, sourcePort, destination, destinationPort, transport)).toBe(id);
});

test('both directions of a flow have one id', () => {
  for (const [transport, source, sourcePort, destination, destinationPort, id] of known.slice(0, 2))
    expect(communityId(destination, destinationPort, source, sourcePort, transport.toUpperCase())).toBe(id);
});

test('a message of ICMP and what answers it have one id', () => {
  const asked = communityId('192.168.0.89', '8', '192.168.0.1', '0', 'icmp');
  expect(communityId('192.168.0.1', '0', '192.168.0.89', '0', 'icmp')).toBe(asked);
  expect(communityId('192.168.0.89', '', '192.168.0.1', '', 'icmp')).not.toBeNull();
});

test.each([
  ['no address', 'pc1', '1', '8.8.8.8', '53', 'udp'],
  ['two families', '10.0.0.1', '1', '::1', '53', 'udp'],
  ['no port', '10.0.0.1', '', '8.8.8.8', '53', 'udp'],
  ['a port that is none', '10.0.0.1', '0', '8.8.8.8', '70000', 'tcp'],
  ['a protocol that nobody knows', '10.0.0.1', '1', '8.8.8.8', '53', 'carrier-pigeon'],
])('%s has none', (_, source, sourcePort, destination, destinationPort, transport) => {
  expect(communityId(source, sourcePort, destination, destinationPort, transport)).toBeNull();
});

test('protocols without ports, and by their numbers', () => {
  const gre = communityId('10.0.0.1', '', '10.0.0.2', '', 'gre');
  expect(gre).toMatch(/^1:.{27}=$/);
  expect(communityId('10.0.0.2', '5', '10.0.0.1', '6', '47')).toBe(gre);
});
