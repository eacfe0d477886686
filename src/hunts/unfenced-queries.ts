/** A line of a hunt's text. */
export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/** A line that can hardly be prose, the word of a fence before it or not: after FROM come index names and then nothing, a comma, a pipe or METADATA. */
const certain =
  /^\s*(?:e?sql[ \t]+)?(?:(?:from|ts)(?:\s*$|\s+["(]|\s+[^\s,|"]+\s*(?:$|[,|[]|metadata\b))|row\s+\S|show\s+info\b|set\s+[\w.`]+\s*=)/i;
const likely = /^\s*(?:e?sql[ \t]+)?(?:from|ts|row|show|set)(?:\s|$)/i;

/** Where a query in SQL begins, or the name of a language that a fence left behind; ES|QL ends there. */
const otherLanguage = /^\s*(?:select\b|(?:sql|eql|kql|esql)\s*$)/i;

/** The end of a line after which a command goes on: an operator, or a word that wants another. */
const open =
  /(?:[|,([=<>+*/%-]|\b(?:and|or|not|by|where|in|is|like|rlike|as|on|with|metadata|keep|drop|eval|stats|sort|rename|limit))\s*$/i;

/** An empty line, or a rule drawn between paragraphs. */
export const isNothing = (line: string): boolean => /^\s*(?:-{3,}|={3,}|\*{3,})?\s*$/.test(line);

/**
 * The queries of a text without fences, each as its lines: from a source command to the next one, or to the end.
 * Source commands within comments, strings, parentheses or an unfinished command begin nothing, and SET statements
 * belong to the query after them. `likely` takes any line that begins with a source command when there is no certain one.
 */
export function unfencedQueries(lines: readonly Line[], sureness: 'certain' | 'likely'): Line[][] {
  const code = maskComments(lines.map((line) => line.text).join('\n')).split('\n');
  const starts = startsOf(code, certain);
  if (starts.length === 0 && sureness === 'likely') starts.push(...startsOf(code, likely));
  return starts
    .map((start, i) => lines.slice(start, starts[i + 1]))
    .filter(([first]) => first && !otherLanguage.test(first.text));
}

function startsOf(code: readonly string[], begins: RegExp): number[] {
  const starts: number[] = [];
  /** What was written of the current query so far, without blank lines. */
  let before = '';
  let depth = 0;
  let sql = false;
  code.forEach((line, i) => {
    const goesOn = starts.length > 0 && (depth > 0 || open.test(before) || /^(?:\s*set\b[^;]*;)+\s*$/i.test(before));
    const foreign = starts.length > 0 && otherLanguage.test(line);
    // SQL has a FROM too: after SELECT only a paragraph of its own begins a query.
    const begun = begins.test(line) && !(sql && !isNothing(code[i - 1]!));
    if ((foreign || begun) && !goesOn) {
      sql = foreign;
      starts.push(i);
      before = '';
      depth = 0;
    }
    if (starts.length === 0 || isNothing(line)) return;
    before += `${line}\n`;
    for (const mark of line) depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
  });
  return starts;
}

/** The text with blanks for comments and for what stands in quotes; every line stays where it is. */
function maskComments(text: string): string {
  const pieces = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|`[^`\n]*`/g;
  return text.replace(pieces, (piece) =>
    piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece.replace(/[^\n"`]/g, '_'),
  );
}
