import type { Importer } from '../importer.ts';
import { convertDelimited, delimitedCutter } from './convert.ts';
import { detectDelimited } from './detect.ts';
import type { DelimitedPlan } from './plan.ts';

/** Delimited text: CSV, TSV, with semicolons or bars. */
export const delimited: Importer<DelimitedPlan> = {
  name: 'delimited',
  kind: 'text',
  detect: detectDelimited,
  cutter: delimitedCutter,
  convert: (bytes, plan, _, asked) => convertDelimited(bytes, plan, asked),
};
