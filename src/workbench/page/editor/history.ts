import type { ResultInfo } from '../../contract/states.ts';
import { place } from '../state/location.ts';
import { results } from '../state/session.ts';
import { ownText, write, writtenText } from './draft.ts';

/** A text of this query that ran, with what came of it. */
export interface PastText {
  readonly text: string;
  readonly result: ResultInfo;
}

/** The texts of the open query that ran, the newest last. */
export function pastTexts(): PastText[] {
  const { question } = place.value;
  if (!question) return [];
  const found = new Map<string, ResultInfo>();
  const ran = [...results.value.values()].sort((a, b) => a.ranAt - b.ranAt);
  for (const result of ran) {
    const { hunt, query, text } = result.question;
    if (hunt !== question.hunt || query !== question.query) continue;
    const own = text ?? ownText(result.question);
    found.delete(own);
    found.set(own, result);
  }
  return [...found].map(([text, result]) => ({ text, result }));
}

/** What was written before the history was looked through, to come back to. */
let last: string | null = null;

/** Writes an older or a newer text that ran; beyond the newest is what was being written. */
export function goThroughHistory(by: -1 | 1): void {
  const texts = pastTexts().map(({ text }) => text);
  const now = texts.indexOf(writtenText.value);
  if (now < 0) last = writtenText.value;
  const all = last === null || texts.includes(last) ? texts : [...texts, last];
  const at = all.indexOf(writtenText.value);
  const next = all[Math.max(0, at + by)];
  if (next !== undefined) write(next);
}
