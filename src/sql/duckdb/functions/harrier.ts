import type { harrierFunctions } from '../../../functions/harrier.ts';
import { sql } from '../../sql.ts';
import type { SqlFor } from './contract.ts';

export const harrierSql: SqlFor<typeof harrierFunctions> = {
  // One character alone has minus zero bits.
  HARRIER_ENTROPY: ([value]) => sql`abs(harrier_measure_text(${value}, 'entropy'))`,
  HARRIER_FROM_BASE64_UTF16: ([value]) => ({
    value: sql`harrier_from_base64_utf16(${value})`,
    failure: {
      when: sql`${value} IS NOT NULL`,
      reason: sql`'java.lang.IllegalArgumentException: no base64 of UTF-16 in [' || left(${value}, 100) || ']'`,
    },
  }),
};
