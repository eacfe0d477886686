import type pc from 'picocolors';
import type { ProcessNode } from '../../investigate/process-tree.ts';
import { count } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { cut } from '../table-grid.ts';
import { textWidth } from '../text-width.ts';
import { isDoubtful, moment, nameOf } from './words.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** A process tree drawn with box characters, a line for each process. */
export function* treeLines(root: ProcessNode, colours: Colours, width: number | null): Iterable<string> {
  if (root.moreAncestors !== undefined) yield colours.dim(`… ${count(root.moreAncestors, 'more ancestor')} above`);
  yield* branch(root, '', '', colours, width);
}

/** `first` leads the line of a process, `rest` those of its children. */
function* branch(
  node: ProcessNode,
  first: string,
  rest: string,
  colours: Colours,
  width: number | null,
): Iterable<string> {
  yield line(node, first, colours, width);
  const { children, moreChildren = 0 } = node;
  for (const [i, child] of children.entries()) {
    const isLast = i === children.length - 1 && moreChildren === 0;
    yield* branch(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`, colours, width);
  }
  if (moreChildren > 0)
    yield `${colours.dim(`${rest}└─ … ${moreChildren.toLocaleString('en')} more ${moreChildren === 1 ? 'child' : 'children'}`)}`;
}

function line(node: ProcessNode, lead: string, colours: Colours, width: number | null): string {
  const name = visible(nameOf(node));
  const pid = node.pid === null ? '' : ` ${node.pid}`;
  const mark = node.isFocus ? ' ◀' : '';
  const started = node.started === null ? '' : `  ${moment(node.started)}`;
  const user = node.user === null ? '' : `  ${visible(node.user)}`;
  const signature = node.signature === null ? '' : `  ${visible(node.signature)}`;
  const command = node.commandLine || node.executable;
  const taken = textWidth(`${lead}${name}${pid}${mark}${started}${user}${signature}  `);
  const room = width === null ? Number.POSITIVE_INFINITY : width - taken;
  const shown = command === null || room < 8 ? '' : `  ${cut(visible(command), room)}`;
  const doubtful = node.signature !== null && isDoubtful(node.signature);
  return [
    colours.dim(lead),
    node.isFocus ? colours.bold(colours.yellow(name)) : name,
    colours.dim(pid),
    colours.yellow(mark),
    colours.dim(started),
    user,
    doubtful ? colours.red(signature) : colours.green(signature),
    colours.dim(shown),
  ].join('');
}
