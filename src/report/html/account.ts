import { count } from '../../values/quantities.ts';
import type { HuntResult, RunReport } from '../report.ts';
import { type Html, html } from './markup.ts';
import { phrase, timeText } from './prose.ts';

/** What a report that is handed over holds and what it does not: nobody should take what it leaves out for what is not there. */
export function accountSection({ account, results, unread }: RunReport): Html | null {
  if (!account) return null;
  const { rows, redacted, asked, steps } = account;
  const of = (outcome: HuntResult['outcome']): HuntResult[] => results.filter((one) => one.outcome === outcome);
  const hidden = results.filter((one) => one.hidden.length > 0);
  const cut = results.filter(({ result }) => result?.isCut);
  const left = results.filter((one) => (one.leftOut ?? 0) > 0);
  return html`<section class="run" id="account">
<h2>What was asked, and what this report leaves out</h2>
<dl class="facts account">
${list('Asked and not found', of('none'), ({ unread }) => (unread === undefined ? '' : `in what was read: ${unread}`))}
${list('Cannot tell', of('cannot tell'), reasonOf)}
${list('Failed', of('failed'), ({ error }) => error?.split('\n')[0] ?? '')}
${list('Not finished', of('interrupted'), () => 'the run was interrupted')}
${list('Cut', cut, ({ result }) => `${count(result?.values.length ?? 0, 'row')}; a LIMIT may have left out more`)}
${list('Accepted, and not shown', hidden, (one) => one.hidden.map(({ rows, entry, reason }) => `${count(rows, 'row')} by ${entry}: ${reason}`).join('; '))}
${rows === 'all' && html`<div><dt>Accepted</dt><dd>Rows of the allow-list are shown with the others.</dd></div>`}
${list('Not judged, and not shown', left, ({ leftOut }) => count(leftOut ?? 0, 'row'))}
${fact(
  'Redacted',
  redacted.map(({ field, word, values }) =>
    values === 0
      ? html`<code>${field}</code>: none of its values stands here`
      : html`<code>${field}</code>: ${count(values, 'value')}, shown as ${word}-1${values > 1 && ` to ${word}-${values}`}`,
  ),
)}
${fact('Judged by', judges(results))}
${fact(
  'Asked with changes',
  asked
    .filter(({ changes }) => changes.length > 0)
    .map(
      ({ name, changes }) => html`${name}: ${changes.map((change, i) => html`${i > 0 && ', '}<code>${change}</code>`)}`,
    ),
)}
${unread !== null && html`<div><dt>Not read</dt><dd>${phrase(unread)}</dd></div>`}
</dl>
${
  steps.length > 0 &&
  html`<h3>How we got here</h3>
<ol class="steps">${steps.map(({ at, text }) => html`<li>${timeText(at)} ${text}</li>`)}</ol>`
}
</section>`;
}

const nameOf = ({ hunt, query }: HuntResult): string =>
  hunt === null ? 'Query' : `${hunt.name}${hunt.queries.length > 1 ? `, query ${query + 1}` : ''}`;

const reasonOf = ({ coverage, notes }: HuntResult): string =>
  (coverage?.gaps.map(({ message }) => message) ?? notes).join(' ');

const list = (term: string, results: readonly HuntResult[], why: (result: HuntResult) => string): Html | null =>
  fact(
    term,
    results.map((result) => {
      const reason = why(result);
      return html`${nameOf(result)}${reason !== '' && html` <span class="muted">${phrase(reason)}</span>`}`;
    }),
  );

const fact = (term: string, items: readonly Html[]): Html | null =>
  items.length === 0
    ? null
    : html`<div><dt>${term} <span class="muted">${items.length}</span></dt><dd><ul>${items.map((item) => html`<li>${item}</li>`)}</ul></dd></div>`;

/** Who gave how many verdicts. */
function judges(results: readonly HuntResult[]): Html[] {
  const given = new Map<string, Map<string, number>>();
  for (const { judgements = [] } of results)
    for (const one of judgements) {
      if (one?.verdict == null) continue;
      const own = given.get(one.by) ?? new Map<string, number>();
      given.set(one.by, own.set(one.verdict, (own.get(one.verdict) ?? 0) + 1));
    }
  return [...given].map(
    ([by, verdicts]) => html`${by}: ${[...verdicts].map(([verdict, n]) => `${verdict} ${n}`).join(', ')}`,
  );
}
