import type { JSX } from 'preact';
import { VerdictWord } from '../../../view/verdict.tsx';
import type { DiffItem, DiffJudgement, DiffRow } from '../../contract/calls.ts';
import { Scrolling } from '../scrolling.tsx';
import { ShownValue } from '../shown-value.tsx';
import { countWords } from '../words.ts';
import { type MarkedLine, markLines } from './line-marks.ts';

/** `+ 2 new  − 1 gone  ~ 1 changed  = 3 same`, with what cannot be told. */
export function DiffCounts({ item }: { readonly item: DiffItem }): JSX.Element {
  const { counts, reason } = item;
  if (reason !== null) return <span class="diff-counts cannot">? not compared</span>;
  return (
    <span class="diff-counts">
      <span class="fresh">{`+ ${counts.fresh} new`}</span> <span class="gone">{`− ${counts.gone} gone`}</span>{' '}
      <span class="changed">{`~ ${counts.changed} changed`}</span> <span class="same">{`= ${counts.same} same`}</span>
      {counts.unknown > 0 ? <span class="cannot">{` ? ${counts.unknown} cannot tell`}</span> : null}
    </span>
  );
}

/** What became of the rows of one query, with both values where they changed. */
export function DiffRows({ item }: { readonly item: DiffItem }): JSX.Element {
  const { columns, fresh, gone, changed, unknown, counts, reason, whyUnknown, texts, notes } = item;
  const all = counts.fresh + counts.gone + counts.changed + counts.unknown;
  const isJudged = [...fresh, ...gone, ...changed, ...unknown].some(({ judgement }) => judgement !== null);
  const shown = fresh.length + gone.length + changed.length + unknown.length;
  return (
    <>
      {reason !== null ? <p class="reason">{`Not compared: ${reason}.`}</p> : null}
      {whyUnknown !== null ? <p class="reason">{`? ${whyUnknown}.`}</p> : null}
      {notes.map((note) => (
        <p key={note} class="reason">
          {note}
        </p>
      ))}
      {texts ? <BothTexts before={texts.before} after={texts.after} /> : null}
      {all > 0 ? (
        <Scrolling label={`Rows of ${item.name} that differ`}>
          <table class="diff">
            <caption>
              {shown < all
                ? `The first ${shown} of ${countWords(all, 'row')} that differ`
                : `${countWords(all, 'row')} that ${all === 1 ? 'differs' : 'differ'}`}
            </caption>
            <thead>
              <tr>
                <th scope="col">What</th>
                {isJudged ? <th scope="col">Verdict</th> : null}
                {columns.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {fresh.map((row, i) => (
                <Row key={`n${i}`} word="+ new" kind="fresh" row={row} item={item} isJudged={isJudged} />
              ))}
              {gone.map((row, i) => (
                <Row key={`g${i}`} word="− gone" kind="gone" row={row} item={item} isJudged={isJudged} />
              ))}
              {changed.map(({ before, after, places, judgement }, i) => (
                <tr key={`c${i}`} class="changed">
                  <th scope="row">~ changed</th>
                  {isJudged ? <VerdictCell judgement={judgement} /> : null}
                  {columns.map(({ name, type }, at) => (
                    <td key={name}>
                      {places.includes(at) ? (
                        <>
                          <del>
                            <ShownValue value={before[at]!} type={type} name={name} />
                          </del>
                          {' → '}
                        </>
                      ) : null}
                      <ShownValue value={after[at]!} type={type} name={name} />
                    </td>
                  ))}
                </tr>
              ))}
              {unknown.map((row, i) => (
                <Row key={`u${i}`} word="? cannot tell" kind="cannot" row={row} item={item} isJudged={isJudged} />
              ))}
            </tbody>
          </table>
        </Scrolling>
      ) : null}
    </>
  );
}

function Row({
  word,
  kind,
  row: { cells, judgement },
  item,
  isJudged,
}: {
  readonly word: string;
  readonly kind: string;
  readonly row: DiffRow;
  readonly item: DiffItem;
  readonly isJudged: boolean;
}): JSX.Element {
  return (
    <tr class={kind}>
      <th scope="row">{word}</th>
      {isJudged ? <VerdictCell judgement={judgement} /> : null}
      {item.columns.map(({ name, type }, at) => (
        <td key={name}>
          <ShownValue value={cells[at]!} type={type} name={name} />
        </td>
      ))}
    </tr>
  );
}

/** A verdict as beside the rows of an answer, with what it was given for where the row has changed since. */
function VerdictCell({ judgement }: { readonly judgement: DiffJudgement | null }): JSX.Element {
  if (judgement === null) return <td />;
  const { givenFor } = judgement;
  return (
    <td>
      <VerdictWord judgement={judgement} />
      {givenFor === null ? null : <span class="given-for">{` given for ${givenFor}`}</span>}
    </td>
  );
}

/** What was asked then and now: what differs may be the question, not the events. */
function BothTexts({ before, after }: { readonly before: string; readonly after: string }): JSX.Element {
  const marked = markLines(before, after);
  return (
    <details class="both-texts" open>
      <summary>The question was another one: what differs may be due to that</summary>
      <div>
        <Text title="then" lines={marked.before} sign="−" />
        <Text title="now" lines={marked.after} sign="+" />
      </div>
    </details>
  );
}

function Text({
  title,
  lines,
  sign,
}: {
  readonly title: string;
  readonly lines: readonly MarkedLine[];
  readonly sign: string;
}): JSX.Element {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Scrolling label={`The query ${title}`}>
        <pre>
          {lines.map(({ text, isOwn }, i) => (
            <div key={i} class={isOwn ? 'own' : ''}>
              {isOwn ? <mark>{`${sign} ${text}`}</mark> : `  ${text}`}
            </div>
          ))}
        </pre>
      </Scrolling>
    </figure>
  );
}
