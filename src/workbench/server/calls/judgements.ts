import { huntName } from '../../../runs/verdicts/judgement.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { Handler } from '../call.ts';
import { columnsOf } from '../cells.ts';

/** What was decided about the groups of a hunt, or of all, the newest first. */
export const judgements: Handler<'judgements'> = async ({ hunt }, workbench) => {
  const name = hunt === null ? null : huntName({ hunt: workbench.options.library.hunt(hunt) });
  const all = [...(await workbench.judgements.all()).values()].filter((one) => name === null || one.hunt === name);
  return {
    judged: all
      .sort((a, b) => b.at.getTime() - a.at.getTime())
      .map(({ hunt, query, key, verdict, note, at, by }) => ({
        ...{ hunt, query, verdict, note, by, at: at.getTime() },
        key: { columns: columnsOf(key.columns), values: key.values.map(wireCell) },
      })),
  };
};
