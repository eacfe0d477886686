import { expect, it } from 'vitest';
import type { Question } from '../../contract/question.ts';
import { type Chip, chipsOf, putChip, withChips } from './chip-list.ts';

const question: Question = {
  ...{ hunt: 'h', query: 0, text: null, window: '8h', platform: null },
  set: [{ name: 'bytes_sent', value: '500MB' }],
  ...{ only: ['a == 1'], exclude: ['b == "x:y"', 'c'] },
};

it('gives back the question that its chips are of', () => {
  const chips = chipsOf(question, '');
  expect(chips.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
    'window 8h',
    'set bytes_sent:500MB',
    'only a == 1',
    'exclude b == "x:y"',
    'exclude c',
  ]);
  expect(withChips(question, chips)).toEqual({ question, off: '' });
});

it('keeps chips that are off', () => {
  const chips = chipsOf(question, '').map((chip): Chip => (chip.kind === 'exclude' ? { ...chip, isOn: false } : chip));
  const { question: next, off } = withChips(question, chips);
  expect(next.exclude).toEqual([]);
  expect(chipsOf(next, off)).toEqual(chips);
});

it('has one window, one platform, and one value of a threshold', () => {
  const chips = chipsOf({ ...question, platform: 'linux' }, '');
  const on = (kind: Chip['kind'], value: string): Chip => ({ kind, value, isOn: true });
  const next = [on('window', '3d'), on('platform', 'macos'), on('set', 'bytes_sent:1MB'), on('set', 'n:3')].reduce<
    Chip[]
  >((all, chip) => putChip(all, chip, null), chips);
  const { question: changed } = withChips(question, next);
  expect(changed.window).toBe('3d');
  expect(changed.platform).toBe('macos');
  expect(changed.set).toEqual([
    { name: 'bytes_sent', value: '1MB' },
    { name: 'n', value: '3' },
  ]);
});

it('puts an edited chip in the place of the one before', () => {
  const chips = chipsOf(question, '');
  const before = chips.find(({ value }) => value === 'a == 1')!;
  const { question: changed } = withChips(question, putChip(chips, { ...before, value: 'a == 2' }, before));
  expect(changed.only).toEqual(['a == 2']);
});

it('leaves out of the address what is no chip', () => {
  expect(chipsOf({ ...question, set: [], only: [], exclude: [], window: null }, 'what=1&only=x')).toEqual([
    { kind: 'only', value: 'x', isOn: false },
  ]);
});
