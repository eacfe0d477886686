import type { fullTexts } from '../../../functions/full-texts.ts';
import { type SqlFor, unsupported } from './contract.ts';

const condition = unsupported('the analyzer makes a search of it');

export const fullTextSql: SqlFor<typeof fullTexts> = {
  MATCH: condition,
  MATCH_PHRASE: condition,
  MULTI_MATCH: condition,
  TERM: condition,
  QSTR: condition,
  KQL: condition,
};
