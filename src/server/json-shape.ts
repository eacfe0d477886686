import { Refusal } from '../store/refusal.ts';

/** How deep arrays and objects may nest, and how long a number may be, as Elasticsearch's parser has it. */
const mostLevels = 1000;
const mostDigits = 1000;
/** Values and members. The largest filters and lists that are taken have 65,536, and mappings some of each of 10,000 fields. */
const mostParts = 200_000;

const [quote, backslash, comma, opening, openingArray] = [...'"\\,{['].map((sign) => sign.charCodeAt(0));
const [closing, closingArray, zero, nine] = [...'}]09'].map((sign) => sign.charCodeAt(0));

/**
 * Throws a Refusal for a JSON text whose parsing would take long, by its bytes alone: parsing cannot be ended, and takes a
 * thousand times as long for some texts as for others of their size.
 */
export function checkJsonShape(bytes: Uint8Array): void {
  let levels = 0;
  let parts = 0;
  let digits = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= zero! && byte <= nine!) {
      if (++digits > mostDigits) throw refused(`a number is longer than ${mostDigits} digits`);
      continue;
    }
    digits = 0;
    if (byte === quote) {
      for (at += 1; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at += 1;
    } else if (byte === comma) parts += 1;
    else if (byte === opening || byte === openingArray) {
      parts += 1;
      if (++levels > mostLevels) throw refused(`values nest deeper than ${mostLevels} levels`);
    } else if (byte === closing || byte === closingArray) levels -= 1;
    if (parts > mostParts) throw refused(`it has more than ${mostParts} values`);
  }
}

const refused = (reason: string): Refusal =>
  new Refusal('x_content_parse_exception', `the request body is too much to read: ${reason}`, 400);
