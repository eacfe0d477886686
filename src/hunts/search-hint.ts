import { closestMatches } from '../diagnostics/closest-match.ts';
import { wordsOf } from './near-hunts.ts';
import { hasWords } from './search.ts';

/** `process.name: x`, as Kibana searches events. */
const fieldAndValue = /^\s*@?[a-z_][\w.]*\.\w+\s*(?::|==?)\s*(\S.*?)\s*$/i;

/** What to do where no hunt has the words of a search. `texts`: what was searched, a text for each hunt. */
export function searchHint(text: string, texts: readonly string[]): string {
  const asked = fieldAndValue.exec(text);
  if (asked) {
    const field = text.trim().split(/[\s:=]/)[0]!;
    const value = asked[1]!.replace(/^["']|["']$/g, '');
    return `hunts search looks for words in hunts; search events with harrier query 'FROM * | WHERE ${field} == "${value}"' --data …, or look for hunts on the field with harrier hunts search ${field}`;
  }
  const words = text.toLowerCase().split(/\s+/);
  const missing = words.filter((word) => !texts.some((one) => hasWords(one, word)));
  if (missing.length === 0)
    return `no hunt has all of these words: ${words.map((word) => `${word} (${texts.filter((one) => hasWords(one, word)).length})`).join(', ')}`;
  const known = new Set(texts.flatMap(wordsOf).filter((word) => word.length > 3));
  const near = missing.map((word) => {
    const found = closestMatches(word, known)
      .filter((one) => one[0] === word[0])
      .slice(0, mostNear);
    return `no hunt has the word ${word}${found.length > 0 ? `: did you mean ${found.join(', ')}?` : ''}`;
  });
  return near.join('; ');
}

const mostNear = 3;
