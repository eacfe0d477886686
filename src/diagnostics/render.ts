import pc from 'picocolors';
import type { QueryError } from './diagnostic.ts';
import type { SourceText, Span } from './source-text.ts';

export interface RenderOptions {
  /** What the text is called: a file, or `query`. */
  readonly name: string;
  /** Lines before the query in its file. */
  readonly lineOffset: number;
  readonly colour: boolean;
  /** Columns that a line may take. */
  readonly width: number;
}

/** A query's errors for people: each with its line underlined, and what to do next. */
export function renderQueryError(error: QueryError, options: RenderOptions): string {
  const colours = pc.createColors(options.colour);
  const blocks = error.diagnostics.map(({ message, span, hint }) => {
    const { line, column, view } = error.source.position(span.start);
    const place =
      view === undefined ? `${options.name}:${line + options.lineOffset}:${column}` : `view ${view}:${line}:${column}`;
    const help = hint ? `\n  ${colours.cyan('help:')} ${hint}` : '';
    return `${colours.red(colours.bold('error:'))} ${message}\n  ${colours.dim('-->')} ${place}\n${excerpt(error.source, span, options, colours)}${help}`;
  });
  return blocks.join('\n\n');
}

function excerpt(
  source: SourceText,
  span: Span,
  options: RenderOptions,
  colours: ReturnType<typeof pc.createColors>,
): string {
  const { line, column, view } = source.position(span.start);
  const characters = [...source.lineAt(span.start)];
  const length = Math.max(
    1,
    Math.min([...source.slice(span).split(/\r?\n/)[0]!].length, characters.length - column + 1),
  );
  const number = String(view === undefined ? line + options.lineOffset : line);
  const room = Math.max(20, options.width - number.length - 5);
  // A long line is shown around the place that matters.
  const from =
    characters.length <= room ? 0 : Math.max(0, Math.min(column - 1 - Math.floor(room / 3), characters.length - room));
  const shown = characters
    .slice(from, from + room)
    .join('')
    .replaceAll('\t', ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, room - (column - 1 - from))));
  const blank = ' '.repeat(number.length);
  const bar = colours.dim('|');
  return `${blank} ${bar}\n${colours.dim(number)} ${bar} ${shown}\n${blank} ${bar} ${' '.repeat(column - 1 - from)}${colours.red(carets)}`;
}
