import { expect, it } from 'vitest';
import { isFullDisk } from './full-disk.ts';

it.each<[unknown, boolean]>([
  [Object.assign(new Error('write failed'), { code: 'ENOSPC' }), true],
  [Object.assign(new Error('write failed'), { code: 'EDQUOT' }), true],
  // Errors of workers have no code.
  [new Error('ENOSPC: no space left on device, write'), true],
  [new Error('IO Error: Could not write file "/s/store.db": No space left on device'), true],
  [new Error('Out of Memory Error: failed to offload (…) out of disk space'), true],
  ['Disk quota exceeded', true],
  [Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }), false],
  [new Error('IO Error: Could not set lock on file'), false],
  [undefined, false],
])('%s: %s', (error, expected) => {
  expect(isFullDisk(error)).toBe(expected);
});
