/** `1.4 GB`. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

/** `4.7 GiB`: in powers of 1,024, as thresholds of bytes are given. */
export function binaryBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const size = Math.abs(bytes);
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  const value = bytes / 1024 ** power;
  const text = power === 0 ? String(value) : value.toFixed(Math.abs(value) < 10 ? 1 : 0).replace(/\.0$/, '');
  return `${text} ${units[power]}`;
}

/** `1 event`, `12,345 events`. */
export const count = (n: number, what: string, plural = `${what}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? what : plural}`;
