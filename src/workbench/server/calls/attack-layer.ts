import { navigatorLayer } from '../../../report/navigator.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import type { Handler } from '../call.ts';

/** What answers found, as a layer for the ATT&CK Navigator. */
export const attackLayer: Handler<'attack/layer'> = async ({ answers }, { handles, options }) => {
  const kept = answers.map((answer) => handles.get(answer));
  const results = applyAccepted(
    kept.map(({ whole }) => whole),
    await options.accepted(),
    new Date(),
  );
  const now = kept[0]?.now ?? new Date();
  const text = navigatorLayer({
    ...{ results, now, engine: options.kind === 'cluster' ? 'elasticsearch' : 'duckdb', attack: options.attack },
    ...{ partial: false, load: null, unread: null, eventFacts: null, provenance: null },
  });
  return { name: `harrier-${now.toISOString().slice(0, 10)}.json`, text };
};
