import type { Pivot } from '../../investigate/pivot.ts';
import { signatureText } from '../../investigate/process-facts.ts';
import { type ProcessNode, userText } from '../../investigate/process-tree.ts';
import { count } from '../../values/quantities.ts';

/** What a process is, as terms and texts; a null text is one that no event records. */
export function factsOf({
  entityId,
  process,
  tree,
}: Pick<Pivot, 'entityId' | 'process' | 'tree'>): [string, string | null][] {
  const focus = focusOf(tree);
  const facts: [string, string | null][] = [['entity id', entityId]];
  if (process === null) {
    return [...facts, ['executable', focus.executable], ['command line', focus.commandLine], ['pid', pidText(focus)]];
  }
  const { user, host, hashes, signature, parent } = process;
  const account = userText(user);
  return [
    ...facts,
    ['executable', process.executable],
    ['command line', process.commandLine],
    ['arguments', process.arguments && JSON.stringify(process.arguments)],
    ['directory', process.workingDirectory],
    ['user', account === null ? null : account === user.id || user.id === null ? account : `${account} (${user.id})`],
    ['pid', pidText(focus)],
    ['parent', [parent.name ?? parent.executable, parent.pid].filter((part) => part !== null).join(' ') || null],
    ['started', process.started],
    ['ended', process.ended],
    ['exit code', process.exitCode === null ? null : String(process.exitCode)],
    ['sha256', hashes.sha256],
    ['sha1', hashes.sha1],
    ['md5', hashes.md5],
    ['signature', signatureText(signature)],
    ['host', [host.name, host.id && `(${host.id})`, host.os].filter(Boolean).join(' ') || null],
    ['events', `${count(process.events, 'event')} from ${process.firstSeen ?? '?'} to ${process.lastSeen ?? '?'}`],
  ];
}

const pidText = ({ pid }: ProcessNode): string | null => (pid === null ? null : String(pid));

/** The process of a tree that was asked about. */
export function focusOf(node: ProcessNode): ProcessNode {
  for (let at: ProcessNode | undefined = node; at; at = at.children[0]) if (at.isFocus) return at;
  return node;
}
