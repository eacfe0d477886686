import { outcomeColours, outcomes, outcomeText, strongest } from './outcomes.ts';
import type { HuntResult, Outcome, RunReport } from './report.ts';

const scores: Readonly<Record<Outcome, number>> = {
  hits: 100,
  'cannot tell': 60,
  failed: 40,
  interrupted: 20,
  none: 10,
};
const labels: Readonly<Record<Outcome, string>> = {
  hits: 'Hits',
  'cannot tell': 'Cannot tell: the data does not suffice',
  failed: 'Failed',
  interrupted: 'Not finished',
  none: 'No hits',
};

/**
 * A layer for the ATT&CK Navigator (format 4.5): the techniques that the hunts of a run are about, each with the
 * outcome that counts most among them. ATLAS techniques and tactics are left out. The same run gives the same text.
 */
export function navigatorLayer({ results, now, engine, partial, attack }: RunReport): string {
  const techniques = new Map<string, HuntResult[]>();
  for (const result of results)
    for (const id of new Set(result.hunt?.mitre.filter((one) => /^T\d{4}(?:\.\d{3})?$/.test(one))))
      techniques.set(id, [...(techniques.get(id) ?? []), result]);
  // The Navigator passes over them in silence.
  const retired = [...techniques.keys()].filter((id) => attack?.status(id) === 'retired').sort();
  const left =
    retired.length > 0 ? ` Retired techniques, which the Navigator does not show: ${retired.join(', ')}.` : '';
  const layer = {
    name: `Harrier hunts, ${now.toISOString().slice(0, 10)}`,
    versions: { navigator: '4.9.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `What hunts found as of ${now.toISOString()} on ${engine}.${partial ? ' The run was interrupted: this is not all.' : ''}${left}`,
    sorting: 3,
    layout: { layout: 'side', showID: true, showName: true, expandedSubtechniques: 'annotated' },
    techniques: [...techniques].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, about]) => technique(id, about)),
    gradient: {
      colors: [outcomeColours.none, outcomeColours['cannot tell'], outcomeColours.hits],
      minValue: 0,
      maxValue: 100,
    },
    legendItems: outcomes.map((outcome) => ({ label: labels[outcome], color: outcomeColours[outcome] })),
  };
  return `${JSON.stringify(layer, null, 2)}\n`;
}

function technique(id: string, results: readonly HuntResult[]): object {
  const outcome = strongest(results.map((result) => result.outcome));
  const several = (result: HuntResult): boolean =>
    results.some((other) => other !== result && other.hunt === result.hunt);
  const nameOf = (result: HuntResult): string =>
    `${result.hunt?.name}${several(result) ? `, query ${result.query + 1}` : ''}`;
  return {
    techniqueID: id,
    score: scores[outcome],
    color: outcomeColours[outcome],
    comment: results.map((result) => `${nameOf(result)}: ${outcomeText(result)}`).join('\n'),
    enabled: true,
    metadata: results.flatMap((result) =>
      result.coverage ? [{ name: `coverage of ${nameOf(result)}`, value: result.coverage.verdict }] : [],
    ),
    showSubtechniques: true,
  };
}
