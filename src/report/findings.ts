import { relative } from 'node:path';
import pc from 'picocolors';
import type { Finding, Severity } from '../hunts/lint/finding.ts';
import { visible } from '../values/visible.ts';
import { grouped, groupLines } from './groups.ts';
import type { Surface } from './report.ts';

/** More findings than fit on a screen are summed up. */
const mostFindings = 20;

/** Findings as lines for people, each with its place in front, as compilers have it. */
export function* findingsText(
  findings: readonly Finding[],
  files: number,
  { colour, isVerbose = false }: Pick<Surface, 'colour' | 'isVerbose'>,
): Iterable<string> {
  const colours = pc.createColors(colour);
  const paint = { error: colours.red, warning: colours.yellow, advice: colours.cyan } as const;
  const isSummary = findings.length > mostFindings && !isVerbose;
  // What fails is always shown.
  const whole = isSummary ? findings.filter(({ severity }) => severity === 'error').slice(0, mostFindings) : findings;
  for (const { file, line, column, severity, rule, message, hint } of whole) {
    const place = `${visible(shown(file))}:${line}:${column}`;
    yield `${place}: ${paint[severity](severity)}: ${visible(message)} ${colours.dim(`[${rule}]`)}\n`;
    if (hint !== null) yield `  ${colours.cyan('help:')} ${visible(hint)}\n`;
  }
  if (isSummary) {
    const left = findings.filter((finding) => !whole.includes(finding));
    const groups = grouped(left, ({ severity, message, rule }) => `${severity}: ${message} [${rule}]`);
    yield* groupLines(groups, colours, '--verbose lists each with its place');
    yield colours.dim('--verbose lists each with its place\n');
  }
  yield `${files} ${files === 1 ? 'file' : 'files'}: ${tally(findings)}\n`;
}

function tally(findings: readonly Finding[]): string {
  const words: readonly [Severity, string, string][] = [
    ['error', 'error', 'errors'],
    ['warning', 'warning', 'warnings'],
    ['advice', 'piece of advice', 'pieces of advice'],
  ];
  const counts = words.flatMap(([severity, one, several]) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  });
  return counts.length === 0 ? 'no errors, no warnings' : counts.join(', ');
}

/** Findings for programs. */
export function* findingsJson(findings: readonly Finding[]): Iterable<string> {
  const described = findings.map(({ rule, severity, file, line, column, endLine, endColumn, message, hint }) => ({
    rule,
    severity,
    file: shown(file),
    line,
    column,
    end_line: endLine,
    end_column: endColumn,
    message,
    hint,
  }));
  yield `${JSON.stringify(described, null, 2)}\n`;
}

/** A path from the current folder where it lies below, else from the root. */
export function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
