import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Calls } from '../../contract/calls.ts';
import { PagedRows } from './rows.ts';

type Asked = Calls['rows']['request'];

/** Answers calls for rows as the server does: the cell of row 7 in column 2 is `7-2`. */
function answer({ from, to, columns }: Asked, count: number): Calls['rows']['answer'] {
  const places = Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, i) => from + i);
  return {
    ...{ from, of: count, places, cut: [] },
    columns: columns.map((column) => places.map((place) => `${place}-${column}`)),
    judgements: places.map(() => null),
    accepted: places.map(() => false),
  };
}

const count = 450;
let open: PagedRows;

beforeEach(() => {
  vi.stubGlobal('fetch', async (_path: string, { body }: { body: string }) =>
    Response.json(answer(JSON.parse(body) as Asked, count)),
  );
  const columns = ['a', 'b', 'c'].map((name) => ({ name, type: 'keyword' }));
  open = new PagedRows('handle', columns, count, { sort: null, filter: null, hidden: false });
});
afterEach(() => {
  open.close();
  vi.unstubAllGlobals();
});

const come = (row: number, column: number) => vi.waitFor(() => expect(open.cell(row, column)).toBe(`${row}-${column}`));

it('changes the version of those rows alone whose cells come', async () => {
  open.want(0, 40, [0]);
  await come(39, 0);
  const first = open.versionOf(39);
  open.want(100, 140, [0]);
  await come(139, 0);
  expect(open.versionOf(39)).toBe(first);
  open.want(0, 140, [0, 2]);
  await come(39, 2);
  expect(open.versionOf(39)).not.toBe(first);
  expect(open.cell(39, 0)).toBe('39-0');
  expect(open.versionOf(440)).toBe(-1);
});

it('says that rows are judged while the judgement is on its way, and no more when it cannot be saved', async () => {
  open.want(0, 40, [0]);
  await come(0, 0);
  const before = open.versionOf(0);
  expect(open.judged).toBe('none');
  let refuse: (error: Error) => void = () => undefined;
  const saving = new Promise<void>((_, reject) => {
    refuse = reject;
  });
  open.setJudgement(3, { verdict: 'benign', note: null, by: 'ana', at: 1, givenFor: [] }, saving);
  expect(open.judged).toBe('some');
  expect(open.judgement(3)?.verdict).toBe('benign');
  refuse(new Error('the disk is full'));
  await vi.waitFor(() => expect(open.judged).toBe('none'));
  expect(open.judgement(3)).toBeNull();
  expect(open.versionOf(0)).toBe(before);
});
