import { expect, it } from 'vitest';
import type { HuntCard } from '../../contract/calls.ts';
import type { Action } from '../state/keys.ts';
import { type Entry, entriesOf, searchEntries } from './entries.ts';

const done: string[] = [];
const action = (label: string, keys: string | null, more: Partial<Action> = {}): Action => ({
  ...{ id: label, label, keys, where: 'everywhere', run: () => done.push(label) },
  ...more,
});
const hunt = (name: string, technique: string): HuntCard =>
  ({ id: name, name, techniques: [{ id: technique, name: null, tactics: [] }] }) as unknown as HuntCard;

const entries = (): Entry[] =>
  entriesOf({
    actions: [
      action('Run', 'Ctrl+Enter'),
      action('Run', 'r', { id: 'run-here' }),
      action('Trail', 'g h'),
      action('Accept', 'a', { isOff: () => true }),
      action('New query', null),
    ],
    hunts: [hunt('Exfiltration by volume (Windows)', 'T1048'), hunt('Beaconing by unsigned processes', 'T1071')],
    runs: [{ name: 'monday' } as never],
    openHunt: ({ name }) => done.push(`open ${name}`),
    openRun: ({ name }) => done.push(`compare ${name}`),
  });
const found = (text: string): string[] => searchEntries(entries(), text).map(({ label }) => label);

it('offers what can be done now, once each, with all its keys', () => {
  const commands = entries().filter(({ kind }) => kind === 'command');
  expect(commands.map(({ label, keys }) => [label, ...keys])).toEqual([
    ['Run', 'Ctrl+Enter', 'r'],
    ['Trail', 'g h'],
    ['New query'],
  ]);
});

it('finds words in any order, keys, techniques, and letters of words', () => {
  expect(found('')).toHaveLength(entries().length);
  expect(found('volume exfil')[0]).toBe('Exfiltration by volume (Windows)');
  expect(found('T1071')).toEqual(['Beaconing by unsigned processes']);
  expect(found('exfvol')).toEqual(['Exfiltration by volume (Windows)']);
  expect(found('g h')[0]).toBe('Trail');
  expect(found('monday')).toEqual(['monday']);
  expect(found('zzzz')).toEqual([]);
});

it('leads to hunts and saved runs', () => {
  done.length = 0;
  for (const text of ['beaconing', 'monday', 'trail']) searchEntries(entries(), text)[0]!.run();
  expect(done).toEqual(['open Beaconing by unsigned processes', 'compare monday', 'Trail']);
});
