import { count } from '../../values/quantities.ts';
import { outcomes } from '../outcomes.ts';
import type { Outcome, RunReport } from '../report.ts';
import { type Html, html } from './markup.ts';
import { timeText } from './prose.ts';
import { type HuntEntry, queriesByOutcome } from './ranking.ts';

const wings = 'M1 13C8 5 13 5 16 12 19 5 24 5 31 13 25 10 20 13 16 24 12 13 7 10 1 13Z';

/** The sign on the browser's tab, so that none is asked for. */
export const icon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0f766e" d="${wings}"/></svg>`)}`;

/** The run in one sentence. Queries that could not tell never count as those without hits. */
export function headline({ results }: RunReport, alone: boolean): string {
  const [first] = results;
  if (alone && first?.result) return count(first.result.values.length, 'row');
  const number = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const all = count(results.length, 'query', 'queries');
  const [hits, none] = [number('hits'), number('none')];
  if (hits > 0) return `Hits in ${hits.toLocaleString('en')} of ${all}`;
  if (none === 0) return `No answer from ${all}`;
  return none === results.length ? `No hits in ${all}` : `No hits in ${none.toLocaleString('en')} of ${all}`;
}

/** What ran, as of when, on what, and what came of it at one glance. */
export function pageHeader(report: RunReport, hunts: readonly HuntEntry[], alone: boolean): Html {
  const { now, engine, load, provenance } = report;
  const over = load && html` over <b>${count(load.events, 'event')}</b> in ${count(load.files, 'file')}`;
  return html`<header class="top">
<p class="brand"><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path d="${wings}"/></svg> Harrier${provenance && html` <span class="muted">${provenance.version}</span>`}</p>
<h1>${headline(report, alone)}</h1>
<p class="as-of">${hunts.some(({ hunt }) => hunt) ? `${count(hunts.length, 'hunt')} ran` : 'Ran'} as of <b>${timeText(now)}</b> on <b>${engine}</b>${over}</p>
${report.partial && partialBanner(report)}
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
  hits: 'with hits',
  'cannot tell': 'cannot tell',
  failed: 'failed',
  interrupted: 'interrupted',
  none: 'no hits',
};

/** A number for each outcome, linked to the first query that has it. */
function tally({ results }: RunReport, hunts: readonly HuntEntry[]): Html {
  const groups = queriesByOutcome(hunts);
  const tiles = outcomes.map((outcome) => {
    const queries = groups.find((group) => group.outcome === outcome)?.queries ?? [];
    const inner = html`<b>${queries.length.toLocaleString('en')}</b> <span>${words[outcome]}</span>`;
    return queries.length > 0
      ? html`<li class="${kind(outcome)}"><a href="#${queries[0]!.id}">${inner}</a></li>`
      : html`<li class="${kind(outcome)} nought">${inner}</li>`;
  });
  return html`<ul class="tally" aria-label="Outcomes of ${count(results.length, 'query', 'queries')}">${tiles}</ul>`;
}

/** The class of an outcome. */
export const kind = (outcome: Outcome): string => outcome.replace(' ', '-');
