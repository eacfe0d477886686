import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { attackId, packagedAttack } from './attack.ts';
import { readFolder } from './library.ts';

it('knows techniques, tactics, platforms and what is retired', async () => {
  const attack = await packagedAttack();
  expect(attack.name('T1003.001')).toBe('OS Credential Dumping: LSASS Memory');
  expect(attack.tacticsOf('T1003.001')).toEqual(['TA0006']);
  expect(attack.platformsOf('T1003.001')).toEqual(['Windows']);
  expect(['T1071', 'T1002', 'T9999', 'TA0011'].map((id) => attack.status(id))).toEqual([
    ...['current', 'retired', 'unknown', 'current'],
  ]);
  expect(
    ['TA0011', 'command AND control', 'Command-and-Control', ' ta0011', 'x', '', 'constructor'].map(attack.tacticNamed),
  ).toEqual([...['TA0011', 'TA0011', 'TA0011', 'TA0011', null, null, null]]);
  expect(attack.tactics.get('TA0043')).toBe('Reconnaissance');
});

it('is whole, and carries the notice of MITRE', async () => {
  const text = await readFile('attack/enterprise.tsv', 'utf8');
  expect(text).toMatch(/^# .*MITRE Corporation/);
  const rows = text
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => line.split('\t'));
  for (const [id, name, tactics] of rows) {
    expect(id).toMatch(attackId);
    expect(name).not.toBe('');
    expect(tactics).toMatch(/^(?:TA\d{4}(?:,TA\d{4})*)?$/);
  }
  expect(rows.length).toBeGreaterThan(800);
});

it('has every technique of the hunts of the package, none of them retired', async () => {
  const attack = await packagedAttack();
  const { hunts } = await readFolder('hunts');
  const ids = new Set(hunts.flatMap(({ mitre }) => mitre));
  expect([...ids].filter((id) => attack.status(id) !== 'current')).toEqual([]);
});
