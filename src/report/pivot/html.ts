import { createHash } from 'node:crypto';
import type { Pivot } from '../../investigate/pivot.ts';
import type { ProcessNode } from '../../investigate/process-tree.ts';
import { count } from '../../values/quantities.ts';
import { type Hole, type Html, inline, html as markup } from '../html/markup.ts';
import { factsOf, focusOf } from './facts.ts';
import type { PivotFormat } from './formats.ts';
import { type List, listsOf } from './lists.ts';
import { pageStyle } from './page-style.ts';
import { activityChart, pausesChart } from './pictures.ts';
import { isDoubtful, moment, nameOf } from './words.ts';

/** A page in one file, without scripts. Its policy keeps a browser from fetching or running anything. */
export const html: PivotFormat = function* (pivot) {
  const name = nameOf(focusOf(pivot.tree));
  const host = pivot.process?.host.name ?? null;
  const hash = createHash('sha256').update(pageStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const title = host === null ? name : `${name} on ${host}`;
  yield markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} - Harrier</title>
${inline('style', pageStyle)}
</head>
<body>
<main>
<h1>${title}</h1>
<p class="lead">Everything the events record about one process.</p>
${pivot.notes.length > 0 && markup`<section class="note">${pivot.notes.map((note) => markup`<p>${note}</p>`)}</section>`}
${card('Process', null, facts(pivot))}
${pivot.overTime && card('Events over time', null, activityChart(pivot.overTime))}
${card('Process tree', null, tree(pivot.tree))}
`.text;
  for (const list of listsOf(pivot)) yield section(list, pivot).text;
  yield '</main>\n</body>\n</html>\n';
};

function card(title: string, summary: string | null, body: Hole): Html {
  const blind = summary?.startsWith('cannot tell') ?? false;
  return markup`<section${blind && markup` class="blind"`}>
<h2>${title}${summary !== null && markup` <small>${summary}</small>`}</h2>
${body}
</section>
`;
}

function facts(pivot: Pivot): Html {
  return markup`<dl>${factsOf(pivot).map(
    ([term, fact]) =>
      fact !== null &&
      markup`<dt>${term}</dt><dd${term === 'signature' && isDoubtful(fact) && markup` class="doubt"`}>${fact}</dd>`,
  )}</dl>`;
}

function tree(root: ProcessNode): Html {
  const { moreAncestors } = root;
  return markup`${moreAncestors !== undefined && markup`<p class="lead">${count(moreAncestors, 'more ancestor')} above</p>`}<ul class="tree">${branch(root)}</ul>`;
}

function branch(node: ProcessNode): Html {
  const { pid, started, user, signature, children, moreChildren, isFocus } = node;
  const about = [pid === null ? null : `pid ${pid}`, started && moment(started), user].filter(Boolean).join(', ');
  const command = node.commandLine || node.executable;
  const left =
    moreChildren !== undefined &&
    markup`<li class="about">and ${count(moreChildren, 'more child', 'more children')}</li>`;
  return markup`<li${isFocus && markup` class="focus" aria-current="true"`}><span class="name">${nameOf(node)}</span> <span class="about">${about}</span>${
    signature !== null && markup` <span class="${isDoubtful(signature) ? 'doubt' : 'about'}">${signature}</span>`
  }${command && markup`<code>${command}</code>`}${
    (children.length > 0 || left) && markup`<ul>${children.map(branch)}${left}</ul>`
  }</li>`;
}

function section(list: List, pivot: Pivot): Html {
  if (list.rows.length === 0) return card(list.title, list.summary, null);
  const shown = (cell: string, row: number, column: number): Hole =>
    list.name === 'network' && list.columns[column]!.name === 'pauses'
      ? pausesChart(pivot.network.entries[row]!.rhythm.histogram)
      : cell;
  const right = (column: number): Hole => list.columns[column]!.isNumber && markup` class="number"`;
  return card(
    list.title,
    list.summary,
    markup`<div class="scroll"><table>
<thead><tr>${list.columns.map(({ name }, i) => markup`<th scope="col"${right(i)}>${name}</th>`)}</tr></thead>
<tbody>${list.rows.map((row, r) => markup`<tr>${row.map((cell, i) => markup`<td${right(i)}>${shown(cell, r, i)}</td>`)}</tr>\n`)}</tbody>
</table></div>${list.left > 0 && markup`<p class="lead">and ${list.left.toLocaleString('en')} more: raise --limit</p>`}`,
  );
}
