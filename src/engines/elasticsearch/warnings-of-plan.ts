import { placeText, type SourceText, type Span } from '../../diagnostics/source-text.ts';

/** How a warning begins that names an expression; reasons follow, which name its place alone. */
const head =
  /^Line (\d+:\d+): (warnings during )?evaluation of \[(.*)\](?=(?: failed, treating result as \w+)?\. Only first )/s;

/**
 * Warnings about a printed plan, with the places and the words that the query has. `origins`: what the printed calls are in
 * it.
 */
export function warningsOfQuery(
  warnings: readonly string[],
  origins: ReadonlyMap<string, Span>,
  source: SourceText,
): string[] {
  const places = new Map<string, string>();
  for (const warning of warnings) {
    const [, place, , text] = head.exec(warning) ?? [];
    const span = text === undefined ? undefined : origins.get(text);
    if (span) places.set(place!, placeText(source.position(span.start)));
  }
  return warnings.map((warning) =>
    warning
      .replace(head, (whole, place: string, during: string | undefined, text: string) => {
        const span = origins.get(text);
        return span ? `Line ${place}: ${during ?? ''}evaluation of [${source.slice(span)}]` : whole;
      })
      .replace(/^Line (\d+:\d+)/, (whole, place: string) => {
        const own = places.get(place);
        return own === undefined ? whole : `Line ${own}`;
      }),
  );
}
