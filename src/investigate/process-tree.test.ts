import { describe, expect, it } from 'vitest';
import { type ProcessFacts, readFacts, separator, signatureText } from './process-facts.ts';
import { type Kinship, type ProcessNode, processTree } from './process-tree.ts';

const facts = (id: string, parent: string | null, ancestry: readonly string[] = []): ProcessFacts =>
  readFacts({
    id,
    name: `${id}.exe`,
    events: 1n,
    parent_id: parent,
    parent_name: parent && `${parent}.exe`,
    ancestors: ancestry.length === 0 ? null : [...ancestry].sort().join(separator),
  });

function kinship(known: readonly ProcessFacts[], total: Readonly<Record<string, number>> = {}): Kinship {
  const children = new Map<string, { shown: ProcessFacts[]; total: number }>();
  for (const one of known) {
    const { id } = one.parent;
    if (id === null) continue;
    const shown = [...(children.get(id)?.shown ?? []), one];
    children.set(id, { shown, total: total[id] ?? shown.length });
  }
  return { facts: new Map(known.map((one) => [one.id, one])), children };
}

/** `a > b* > (c, d +2)`: the focus starred, children left out counted. */
function drawn({ entityId, isFocus, children, moreChildren, moreAncestors }: ProcessNode): string {
  const own = `${moreAncestors ? `${moreAncestors} > ` : ''}${entityId}${isFocus ? '*' : ''}`;
  const more = moreChildren ? ` +${moreChildren}` : '';
  if (children.length === 0 && more === '') return own;
  return `${own} > ${children.length > 1 || more ? `(${children.map(drawn).join(', ')}${more})` : drawn(children[0]!)}`;
}

describe('processTree', () => {
  it.each<[string, Kinship, string, number, string]>([
    ['a process alone', kinship([facts('x', null)]), 'x', 5, 'x*'],
    ['parents by their names', kinship([facts('c', 'b'), facts('b', 'a')]), 'c', 5, 'a > b > c*'],
    ['children left out', kinship([facts('x', null), facts('y', 'x')], { x: 9 }), 'x', 5, 'x* > (y +8)'],
    ['ancestors left out', kinship([facts('d', 'c'), facts('c', 'b'), facts('b', 'a')]), 'd', 2, '1 > b > c > d*'],
    [
      'ancestors by a sorted list, of which one has no events',
      kinship([facts('f', 'z', ['z', 'm', 'b']), facts('z', null, ['m', 'b'])]),
      'f',
      5,
      '2 > z > f*',
    ],
    [
      'ancestors that nothing puts in order but what is left over',
      kinship([facts('f', 'z', ['z', 'm', 'b']), facts('m', null, ['b'])]),
      'f',
      5,
      'b > m > z > f*',
    ],
    [
      'a process that lists no ancestors has no certain place',
      kinship([facts('f', 'z', ['z', 'm', 'b']), facts('m', null)]),
      'f',
      5,
      '2 > z > f*',
    ],
    ['a process that only its child knows', kinship([facts('c', 'b', ['b', 'a'])]), 'b', 5, 'a > b* > c'],
    ['numbers that lead in a circle', kinship([facts('1', '2'), facts('2', '1')]), '1', 5, '2 > 1*'],
  ])('%s', (_, kin, id, depth, tree) => {
    expect(drawn(processTree(id, kin, depth))).toBe(tree);
  });

  it('takes a parent without events from what its child says', () => {
    const { name, user, isFocus } = processTree('c', kinship([facts('c', 'b')]), 1);
    expect([name, user, isFocus]).toEqual(['b.exe', null, false]);
  });
});

describe('facts', () => {
  const commandLine = '"C:\\A B\\x.exe" -v -v --out=/tmp/x -a';
  it.each<[string, string[], string | null, string[] | null]>([
    [
      'sorted and listed once',
      ['--out=/tmp/x', '-a', '-v', 'C:\\A B\\x.exe'],
      commandLine,
      ['C:\\A B\\x.exe', '-v', '-v', '--out=/tmp/x', '-a'],
    ],
    [
      'cut at every space, quotes and all',
      ['B\\x.exe"', '"C:\\A', '-v'],
      '"C:\\A B\\x.exe" -v',
      ['"C:\\A', 'B\\x.exe"', '-v'],
    ],
    ['not those of the command line', ['-b', 'C:\\A B\\x.exe'], commandLine, null],
    ['more than the command line has', ['a', 'b'], 'a', null],
    ['without a command line, of no known order', ['a', 'b'], null, null],
  ])('arguments that are %s', (_, known, command, expected) => {
    expect(readFacts({ id: 'x', arguments: known.join(separator), command_line: command }).arguments).toEqual(expected);
  });

  it.each([
    [{ subject: null, status: null, trusted: null, exists: null }, null],
    [{ subject: null, status: null, trusted: null, exists: false }, 'unsigned'],
    [{ subject: 'Lab', status: 'trusted', trusted: true, exists: true }, 'Lab'],
    [{ subject: 'Lab', status: 'errorExpired', trusted: false, exists: true }, 'Lab (not trusted)'],
    [{ subject: 'Lab', status: 'errorExpired', trusted: null, exists: true }, 'Lab (errorExpired)'],
  ])('signature %o', (signature, words) => {
    expect(signatureText(signature)).toBe(words);
  });
});
