/*
 * Exports of Kibana's Discover: dates as people read them, thousands with commas, `-` where there is nothing.
 */

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const datePattern = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d\d:\d\d:\d\d\.\d{3}(?:\d{6})?)$/;

/** A date such as `Mar 10, 2026 @ 12:00:00.000` in ISO form, in UTC; null if the text is none. */
export function kibanaDate(text: string): string | null {
  const [, monthName = '', day = '', year, time] = datePattern.exec(text) ?? [];
  const month = months.indexOf(monthName) + 1;
  return month === 0 ? null : `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`;
}

const comma = 0x2c;

/** A number with commas between thousands, without them; null if the text is none. */
export function kibanaNumber(bytes: Buffer, from: number, to: number): string | null {
  if (to - from < 5 || to - from > 24) return null;
  let hasComma = false;
  for (let at = from; at < to && !hasComma; at++) hasComma = bytes[at] === comma;
  if (!hasComma) return null;
  const text = bytes.toString('latin1', from, to);
  return /^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll(',', '') : null;
}
