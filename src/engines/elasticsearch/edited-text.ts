import { SourceText } from '../../diagnostics/source-text.ts';

/** A text with changes, and where its places were before. */
export interface EditedText {
  readonly text: string;
  /** A warning with its place in the text as it was. */
  warning(warning: string): string;
}

/** What takes the place of a part of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with some of its parts replaced; these do not overlap. */
export function edited(source: SourceText, edits: readonly Edit[]): EditedText {
  const ordered = [...edits].sort((a, b) => a.start - b.start);
  let text = '';
  let at = 0;
  /** Where each edit begins and ends in the new text, and where what follows it was. */
  const places: { readonly from: number; readonly to: number; readonly before: number; readonly after: number }[] = [];
  for (const edit of ordered) {
    text += source.text.slice(at, edit.start);
    places.push({ from: text.length, to: text.length + edit.text.length, before: edit.start, after: edit.end });
    text += edit.text;
    at = edit.end;
  }
  text += source.text.slice(at);
  const target = new SourceText(text);
  const before = (offset: number): number => {
    const last = places.findLast(({ from }) => from <= offset);
    if (!last) return offset;
    return offset < last.to ? last.before : last.after + offset - last.to;
  };
  return {
    text,
    warning: (warning) =>
      warning.replace(/^Line (\d+):(\d+)/, (_, line: string, column: string) => {
        const place = source.position(before(target.offset({ line: Number(line), column: Number(column) })));
        return `Line ${place.line}:${place.column}`;
      }),
  };
}
