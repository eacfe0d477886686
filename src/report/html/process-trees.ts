import type { Evidence } from '../../investigate/evidence.ts';
import type { ProcessNode } from '../../investigate/process-tree.ts';
import { type Hole, type Html, html } from './markup.ts';

/** The processes of the top hits in their process trees. What is known of a process stands beside the tree when it is chosen. */
export function processTrees(trees: Evidence['trees'], prefix: string): Html | null {
  if (trees.length === 0) return null;
  return html`<div class="trees"><h4>Process trees of the top hits</h4>${trees.map(({ row, root }) =>
    tree(root, row, `${prefix}-tree${row + 1}`),
  )}</div>`;
}

function tree(root: ProcessNode, row: number, prefix: string): Html {
  const ids = new Map(descendants(root).map((node, i) => [node, `${prefix}-p${i + 1}`]));
  const focus = [...ids.keys()].find((node) => node.isFocus) ?? root;
  return html`<figure class="tree">
<figcaption>Row ${row + 1}: <b>${nameOf(focus)}</b></figcaption>
<div class="panes">
<ul>${branch(root, ids, focus)}</ul>
<div class="details">${[...ids].map(([node, id]) => details(node, id, node === focus))}</div>
</div>
</figure>`;
}

function descendants(node: ProcessNode): ProcessNode[] {
  return [node, ...node.children.flatMap(descendants)];
}

function branch(node: ProcessNode, ids: ReadonlyMap<ProcessNode, string>, focus: ProcessNode): Html {
  const pid = node.pid !== null && html` <span class="pid">${node.pid}</span>`;
  const mark = node.isFocus && html` <span class="mark">hit</span>`;
  return html`<li><button type="button" aria-controls="${ids.get(node)!}" aria-pressed="${String(node === focus)}"${
    node.isFocus && html` class="focus"`
  }><span class="name">${nameOf(node)}</span>${pid}${mark}</button>${
    node.children.length > 0 && html`<ul>${node.children.map((child) => branch(child, ids, focus))}</ul>`
  }</li>`;
}

const nameOf = ({ name, executable, entityId }: ProcessNode): string =>
  name ?? executable?.replace(/^.*[/\\]/, '') ?? entityId;

function details(node: ProcessNode, id: string, shown: boolean): Html {
  const { executable, commandLine, user, sha256, signature, pid, started, entityId } = node;
  const facts: readonly (readonly [string, Hole])[] = [
    ['Executable', executable],
    ['Command line', commandLine],
    ['User', user],
    ['Started', started],
    ['Signature', signature],
    ['SHA-256', sha256],
    ['PID', pid],
    ['Entity id', entityId],
  ];
  return html`<dl id="${id}"${!shown && html` hidden`}>${facts.map(
    ([term, fact]) => fact !== null && html`<div><dt>${term}</dt><dd>${fact}</dd></div>`,
  )}</dl>`;
}
