import { familySince, singleValue } from './definition.ts';
import * as types from './types.ts';

/* Functions that Elasticsearch does not have. Their names say whose they are, so that nobody takes them for its own. */

const text = { name: 'string', accepts: types.string };

const releases = { harrier: ['HARRIER_ENTROPY', 'HARRIER_FROM_BASE64_UTF16'] } as const;

export const harrierFunctions = familySince('harrier', releases, {
  HARRIER_ENTROPY: singleValue({
    parameters: [text],
    returns: () => 'double',
    doc: 'The Shannon entropy of a text in bits per character: high for random names, low for words. Null for an empty text.',
    example: 'ROW a = "kq3v9xz1w7", b = "aaaa" | EVAL c = ROUND(HARRIER_ENTROPY(a), 2), d = HARRIER_ENTROPY(b)',
  }),
  HARRIER_FROM_BASE64_UTF16: singleValue({
    parameters: [text],
    returns: () => 'keyword',
    doc: 'The text that base64 of UTF-16 stands for, as `powershell -EncodedCommand` takes it.',
    example: 'ROW a = "dwBoAG8AYQBtAGkA" | EVAL b = HARRIER_FROM_BASE64_UTF16(a)',
  }),
});
