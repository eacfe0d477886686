import type { Attack } from '../../hunts/attack.ts';
import type { ListedHunt } from '../../hunts/search.ts';
import { attackOf } from '../attack.ts';
import { loadConfig } from '../config.ts';
import { type LibraryOptions, libraryFolders } from '../library.ts';
import { tellSkipped } from '../skipped.ts';

/** Hunts with what they are about, and ATT&CK. */
export interface Listing {
  readonly hunts: readonly ListedHunt[];
  readonly attack: Attack;
}

/** Reads hunts by file, folder, UUID or name; all of the library when none is named. Any language will do. */
export async function readListing(selectors: readonly string[], options: LibraryOptions): Promise<Listing> {
  const [{ findHunts }, { facetsOf }] = await Promise.all([
    import('../../hunts/library.ts'),
    import('../../hunts/facets.ts'),
  ]);
  const config = await loadConfig(options.config);
  const library = await libraryFolders(options, config);
  const { hunts, problems } = await findHunts(selectors.length > 0 ? selectors : library, library, 'any');
  tellSkipped(problems);
  return {
    hunts: hunts.map((hunt) => ({ hunt, facets: facetsOf(hunt) })),
    attack: await attackOf(config.attack),
  };
}

/** Writes hunts as a table, or as JSON. */
export async function writeListing({ hunts }: Listing, format: 'table' | 'json'): Promise<void> {
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(hunts.map(described), null, 2)}\n`);
    return;
  }
  const [{ fittingGrid }, { default: pc }, { usesColour }, { shown }] = await Promise.all([
    import('../../report/fitting-grid.ts'),
    import('picocolors'),
    import('../output.ts'),
    import('../../report/findings.ts'),
  ]);
  const names = ['name', 'uuid', 'platforms', 'techniques', 'data sources', 'queries', 'file'];
  const columns = names.map((name) => ({
    name,
    type: name === 'queries' ? ('integer' as const) : ('keyword' as const),
  }));
  const values = hunts.map(({ hunt, facets }) => [
    hunt.name,
    hunt.uuid?.slice(0, 8) ?? null,
    facets.platforms.join(', '),
    hunt.mitre.join(', '),
    hunt.integration.join(', '),
    hunt.queries.length,
    shown(hunt.file),
  ]);
  const width = process.stdout.isTTY ? process.stdout.columns : null;
  if (hunts.length > 0)
    for (const part of fittingGrid({ columns, values }, width, pc.createColors(usesColour(process.stdout)), {
      less: ['file', 'queries', 'data sources', 'techniques'],
      more: '--format json has all',
      least: 40,
    }))
      process.stdout.write(part);
  process.stderr.write(`${hunts.length} ${hunts.length === 1 ? 'hunt' : 'hunts'}\n`);
}

/** A hunt in a list, as JSON. */
const described = ({ hunt, facets }: ListedHunt): object => ({
  name: hunt.name,
  uuid: hunt.uuid,
  platforms: facets.platforms,
  techniques: hunt.mitre,
  data_sources: hunt.integration,
  indices: facets.indices,
  languages: hunt.language,
  queries: hunt.queries.length,
  file: hunt.file,
});
