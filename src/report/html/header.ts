import { filesRead } from '../../files/load-report.ts';
import { count } from '../../values/quantities.ts';
import { isOverPart, outcomes } from '../outcomes.ts';
import type { Outcome, RunReport } from '../report.ts';
import { brand } from './document.ts';
import { type Html, html } from './markup.ts';
import { timeText } from './prose.ts';
import { type HuntEntry, queriesByOutcome } from './ranking.ts';

/** The run in one sentence. Queries that could not tell never count as those without hits. */
export function headline({ results }: RunReport, alone: boolean): string {
  const [first] = results;
  if (alone && first?.result) return count(first.result.values.length, 'row');
  const number = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const all = count(results.length, 'query', 'queries');
  const [hits, none] = [number('hits'), number('none')];
  if (hits > 0) return `Hits in ${hits.toLocaleString('en')} of ${all}`;
  const inPart = results.filter(isOverPart).length;
  if (none + inPart === 0) return `No answer from ${all}`;
  const start = inPart > 0 ? 'No hits in what was read:' : 'No hits in';
  return none + inPart === results.length
    ? `${start} ${all}`
    : `${start} ${(none + inPart).toLocaleString('en')} of ${all}`;
}

/** What ran, as of when, on what, and what came of it at one glance. */
export function pageHeader(report: RunReport, hunts: readonly HuntEntry[], alone: boolean): Html {
  const { now, engine, load, unread, provenance, title } = report;
  const over = load && html` over <b>${count(load.events, 'event')}</b> in ${count(filesRead(load), 'file')}`;
  return html`<header class="top">
${brand(provenance?.version ?? null)}
${
  title == null
    ? html`<h1>${headline(report, alone)}</h1>`
    : html`<h1>${title}</h1>
<p class="headline">${headline(report, alone)}</p>`
}
<p class="as-of">${hunts.some(({ hunt }) => hunt) ? `${count(hunts.length, 'hunt')} ran` : 'Ran'} as of <b>${timeText(now)}</b> on <b>${engine}</b>${over}</p>
${report.partial && partialBanner(report)}
${unread !== null && html`<p class="callout caution banner" role="alert"><b>Not all of the data was read.</b> ${unread}. <a href="#data">Which files, and why</a></p>`}
${!alone && tally(report, hunts)}
</header>`;
}

function partialBanner({ results }: RunReport): Html {
  const open = results.filter(({ outcome }) => outcome === 'interrupted').length;
  return html`<p class="callout caution banner" role="alert"><b>This report is partial.</b> The run was interrupted${
    open > 0 && `: ${count(open, 'query', 'queries')} of ${results.length.toLocaleString('en')} did not finish`
  }. What is missing here was not looked at.</p>`;
}

const words: Readonly<Record<Outcome, string>> = {
  none: 'without hits',
  hits: 'with hits',
  'cannot tell': 'cannot tell',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** A number for each outcome, linked to the first query that has it. */
function tally({ results }: RunReport, hunts: readonly HuntEntry[]): Html {
  const groups = queriesByOutcome(hunts);
  const tiles = outcomes.map((outcome) => {
    const queries = groups.find((group) => group.outcome === outcome)?.queries ?? [];
    const inner = html`<b>${queries.length.toLocaleString('en')}</b> <span>${words[outcome]}</span>`;
    return queries.length > 0
      ? html`<li class="${kind(outcome)}"><a href="#${queries[0]!.id}">${inner}</a></li>`
      : html`<li class="${kind(outcome)} zero">${inner}</li>`;
  });
  return html`<ul class="tally" aria-label="Outcomes of ${count(results.length, 'query', 'queries')}">${tiles}</ul>`;
}

/** The class of an outcome. */
export const kind = (outcome: Outcome): string => outcome.replace(' ', '-');
