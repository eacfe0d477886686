import { streamBehind } from '../catalogue/data-stream.ts';
import { own } from '../values/own.ts';
import { isObject, parseJson } from '../values/plain-json.ts';
import { firstLineOf } from './known-files.ts';

/**
 * The index that the first event of a file names, as far as that is plain to see; null where it names none. Others may
 * belong elsewhere: it only says for which index they are read first.
 */
export function indexNamedIn(head: Buffer): string | null {
  const event = parseJson(firstLineOf(head).toString('utf8'));
  const source = memberOf(event, '_source') ?? event;
  const part = (name: string): string | null =>
    textOf(memberOf(memberOf(source, 'data_stream'), name)) ?? textOf(memberOf(source, `data_stream.${name}`));
  const [type, dataset] = [part('type'), part('dataset')];
  if (type !== null && dataset !== null) return `${type}-${dataset}-${part('namespace') ?? 'default'}`.toLowerCase();
  const index = textOf(memberOf(event, '_index'));
  return index === null ? null : streamBehind(index);
}

const memberOf = (value: unknown, name: string): unknown => (isObject(value) ? own(value, name) : undefined);

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
