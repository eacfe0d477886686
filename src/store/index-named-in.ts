import { own } from '../values/own.ts';
import { firstLineOf } from './known-files.ts';

/**
 * The index that the first event of a file names, as far as that is plain to see; null where it names none. Others may
 * belong elsewhere: it only tells for which index they are read first.
 */
export function indexNamedIn(head: Buffer): string | null {
  let event: unknown;
  try {
    event = JSON.parse(firstLineOf(head).toString('utf8'));
  } catch {
    return null;
  }
  const source = memberOf(event, '_source') ?? event;
  const part = (name: string): string | null =>
    textOf(memberOf(memberOf(source, 'data_stream'), name)) ?? textOf(memberOf(source, `data_stream.${name}`));
  const [type, dataset] = [part('type'), part('dataset')];
  if (type !== null && dataset !== null) return `${type}-${dataset}-${part('namespace') ?? 'default'}`.toLowerCase();
  return textOf(memberOf(event, '_index'))?.replace(backing, '$1') ?? null;
}

/** The name of a backing index, with that of its data stream. */
const backing = /^\.ds-(.*)-\d{4}\.\d\d\.\d\d-\d{6}$/;

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? own(value as Record<string, unknown>, name) : undefined;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
