import { amountOf } from '../../../../values/amount.ts';
import { binaryBytes } from '../../../../values/quantities.ts';

/** Units of bytes as --set takes them: powers of 1,024. */
const units = ['', 'kB', 'MB', 'GB', 'TB', 'PB'];
const spokenUnits = ['bytes', 'kilobytes', 'megabytes', 'gigabytes', 'terabytes', 'petabytes'];

/** Whether numbers of this name are bytes. */
export const areBytes = (name: string): boolean =>
  /(?:^|[._\s(])(?:bytes|size)(?:$|[._\s)])|bytes(?:_\w+)?$/i.test(name);

/** What a text such as `500MB` stands for; null for none. */
export function settingOf(text: string, isWhole: boolean): number | null {
  const literal = amountOf(text.trim().replaceAll(',', ''), isWhole);
  const value = literal === null ? Number.NaN : Number(literal);
  if (!Number.isFinite(value)) return null;
  return isWhole ? Math.round(value) : value;
}

/** A setting as --set takes it, without losing any of it: `500MB` where that is what it is, else the number. */
export function settingText(value: number, isBytes: boolean): string {
  const plain = Math.abs(value) < 1e21 && Number.isInteger(value) ? value.toFixed(0) : String(value);
  if (!isBytes) return plain;
  for (let power = units.length - 1; power > 0; power--) {
    const text = `${Number((value / 1024 ** power).toPrecision(4))}${units[power]}`;
    if (Math.abs(value) >= 1024 ** power && Number(amountOf(text, true)) === value) return text;
  }
  return plain;
}

/** A value in words, rounded: `62 MiB`. */
export const settingWords = (value: number, isBytes: boolean): string =>
  isBytes && Number.isFinite(value) ? binaryBytes(value) : plainWords(value);

/** A value as it is spoken: `500 megabytes`. */
export function spokenSetting(value: number, isBytes: boolean): string {
  if (!isBytes || !Number.isFinite(value)) return plainWords(value);
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10)));
  const scaled = value / 1024 ** power;
  return `${Number(scaled.toPrecision(scaled >= 100 ? 4 : 3)).toLocaleString('en')} ${spokenUnits[power]}`;
}

function plainWords(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value)
    ? value.toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 4 });
}
