import { relative } from 'node:path';
import type { Job } from '../app/jobs.ts';
import { withoutSecrets } from '../engines/elasticsearch/address.ts';
import { descriptorOf } from '../files/descriptor.ts';
import { ownLibrary } from '../hunts/library.ts';
import { quoted } from '../values/quoted.ts';
import type { DataOptions } from './options.ts';

/** The command that leads from a row of a hunt to its events: `N` stands for the row. */
export function drillDown(
  { hunt, query }: Job,
  { data, store, now, index, mapping = [], timeField, lookup = [], engine, url, ca, insecure }: DataOptions,
  overrides: string,
): string | null {
  const isCluster = engine === 'elasticsearch' && url !== undefined;
  if (!hunt || (data.length === 0 && store === undefined && !isCluster)) return null;
  // What came through a pipe is gone.
  if (data.some((pattern) => descriptorOf(pattern) !== null)) return null;
  const time = now === undefined ? '' : ` --now ${now instanceof Date ? now.toISOString() : now}`;
  const isOwn = hunt.file.startsWith(ownLibrary) && hunt.uuid !== null;
  const name = isOwn ? hunt.uuid!.slice(0, 8) : quoted(relative(process.cwd(), hunt.file));
  return [
    `harrier events ${name} --row N`,
    hunt.queries.length > 1 ? `--query ${query + 1}` : '',
    ...data.map((pattern) => `--data ${quoted(pattern)}`),
    store === undefined ? '' : `--store ${quoted(store)}`,
    ...(isCluster ? [`--engine elasticsearch --url ${quoted(withoutSecrets(url))}`] : []),
    isCluster && ca !== undefined ? `--ca ${quoted(ca)}` : '',
    isCluster && insecure ? '--insecure' : '',
    index === undefined ? '' : `--index ${quoted(index)}`,
    ...mapping.map((file) => `--mapping ${quoted(file)}`),
    timeField === undefined ? '' : `--time-field ${quoted(timeField)}`,
    ...lookup.map((list) => `--lookup ${quoted(list)}`),
    overrides,
  ]
    .filter((part) => part !== '')
    .join(' ')
    .concat(time);
}
