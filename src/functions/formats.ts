import { familySince, singleValue } from './definition.ts';
import * as types from './types.ts';

/* Numbers as texts for people: with at most one digit after the point, and the unit that suits them or that is asked for. */

const amount = (name: string) => ({ name, accepts: { ...types.wholeNumber, text: 'integer or long' } });
const unit = { name: 'unit', accepts: types.string, optional: true } as const;

const measured = (parameter: string, doc: string, example: string) =>
  singleValue({ parameters: [amount(parameter), unit], returns: () => 'keyword', doc, example });

const releases = { '9.6': ['FMT_BYTES', 'FMT_BYTES_SI', 'FMT_DURATION', 'FMT_PERCENT'] } as const;

export const formats = familySince('string', releases, {
  FMT_BYTES: measured(
    'bytes',
    'A number of bytes in units of 1024: b, kb, mb, gb, tb or pb.',
    'ROW a = 1536 | EVAL b = FMT_BYTES(a), c = FMT_BYTES(a, "b")',
  ),
  FMT_BYTES_SI: measured(
    'bytes',
    'A number of bytes in units of 1000: B, KB, MB, GB, TB or PB.',
    'ROW a = 1500 | EVAL b = FMT_BYTES_SI(a)',
  ),
  FMT_DURATION: measured(
    'nanoseconds',
    'Nanoseconds as a length of time: in nanos, micros, ms, s, m, h or d.',
    'ROW a = 1500000000 | EVAL b = FMT_DURATION(a), c = FMT_DURATION(a, "ms")',
  ),
  FMT_PERCENT: singleValue({
    parameters: [
      {
        name: 'value',
        accepts: { types: ['integer', 'long', 'double', 'null'], text: 'numeric except unsigned_long' },
      },
    ],
    returns: () => 'keyword',
    doc: 'A share of one in percent.',
    example: 'ROW a = 0.75 | EVAL b = FMT_PERCENT(a)',
  }),
});
