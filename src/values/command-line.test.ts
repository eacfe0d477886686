import { expect, test } from 'vitest';
import { windowsArguments } from './command-line.ts';

test.each([
  ['a b\tc', ['a', 'b', 'c']],
  ['  a   b ', ['a', 'b']],
  ['"C:\\Program Files\\x.exe" /c', ['C:\\Program Files\\x.exe', '/c']],
  ['C:\\dir\\ b', ['C:\\dir\\', 'b']],
  ['"C:\\dir\\\\" b', ['C:\\dir\\', 'b']],
  ['"C:\\dir\\" b"', ['C:\\dir" b']],
  ['say \\"hi\\"', ['say', '"hi"']],
  ['a"b c"d', ['ab cd']],
  ['"a""b" c', ['a"b c']],
  ['a "" b', ['a', '', 'b']],
  ['a\\\\\\"b', ['a\\"b']],
  ['"open end', ['open end']],
  ['a\nb', ['a\nb']],
  ['\\\\', ['\\\\']],
  ['   ', []],
])('%j has the arguments %j', (line, expected) => {
  expect(windowsArguments(line)).toEqual(expected);
});
