/** A minor version of Elasticsearch, such as `8.18`. */
export type Release = `${number}.${number}`;

/**
 * What something came with: a release, nothing but the builds that developers make, or no Elasticsearch at all.
 */
export type Since = Release | 'snapshot' | 'harrier';

/** The first release whose ES|QL is no technical preview. */
export const firstRelease: Release = '8.14';

/** The release of a version such as `8.17.3` or `9.4.0-SNAPSHOT`; null where the text is no version. */
export const releaseOf = (version: string): Release | null =>
  (/^\d+\.\d+(?=\.|-|$)/.exec(version.trim())?.[0] as Release | undefined) ?? null;

/**
 * Whether a release has what came with another. 8.18 and 9.0 were released together with the same features, and so were
 * 8.19 and 9.1.
 */
export const hasFeature = (release: Release, since: Since): boolean =>
  since !== 'snapshot' && since !== 'harrier' && age(release) >= age(since);

/** The releases that have what came with one, for people. */
export function releasesWith(since: Since): string {
  if (since === 'snapshot') return 'snapshot builds only';
  if (since === 'harrier') return 'of no release: it is Harrier’s own';
  const twin = twins.get(since);
  return twin ? `${since}, ${twin} or newer` : `${since} or newer`;
}

const twins: ReadonlyMap<Release, Release> = new Map([
  ['8.18', '9.0'],
  ['8.19', '9.1'],
]);

function age(release: Release): number {
  const [major, minor] = release.split('.').map(Number) as [number, number];
  if (major < 8) return -1;
  return major === 8 ? minor : major === 9 ? 18 + minor : Number.POSITIVE_INFINITY;
}
