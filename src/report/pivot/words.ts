import type { ProcessNode } from '../../investigate/process-tree.ts';
import type { Rhythm } from '../../investigate/rhythm.ts';
import { binaryBytes } from '../../values/quantities.ts';

/** `0.5 s`, `25 s`, `4.2 min`, `3 h`, `2.5 d`. */
export function duration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? (['s', 1] as const);
  const value = seconds / length;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} ${unit}`;
}

/** `2026-03-10 04:00:25`; nothing for no time. */
export const moment = (iso: string | null): string => (iso === null ? '' : iso.slice(0, 19).replace('T', ' '));

/** `3.0 GB`; `unknown` where no event carries it, which is not zero. */
export const bytes = (n: bigint | null): string => (n === null ? 'unknown' : binaryBytes(Number(n)));

/** `steady, every 25 s ± 2 %`. */
export function rhythmText({ judgement, medianSeconds, spread }: Rhythm): string {
  if (medianSeconds === null) return judgement;
  const around = spread === null ? '' : ` ± ${Math.round(spread * 100)} %`;
  return judgement === 'bursty'
    ? `bursty, often ${duration(medianSeconds)}`
    : `${judgement}, every ${duration(medianSeconds)}${around}`;
}

/** `20 to 30 s`, as a span between two lengths of time. */
export const lengths = (fromSeconds: number, toSeconds: number): string =>
  `${duration(fromSeconds)} to ${duration(toSeconds)}`;

/** What to call a process. */
export const nameOf = ({ name, executable, entityId }: ProcessNode): string =>
  name ?? executable?.replace(/^.*[/\\]/, '') ?? (entityId === '' ? 'unknown' : entityId);

/** Whether a text on a signature is one to look at: unsigned, or signed by an untrusted signer. */
export const isDoubtful = (signature: string): boolean =>
  signature === 'unsigned' || signature.endsWith(')') || signature === 'not trusted';
