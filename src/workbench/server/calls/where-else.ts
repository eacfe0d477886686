import { InputError } from '../../../diagnostics/diagnostic.ts';
import { canBeElsewhere, type Occurrence, whereElse } from '../../../investigate/where-else.ts';
import { identifier, indexName, string } from '../../../languages/esql/print/tokens.ts';
import type { EsqlType } from '../../../values/types.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { Calls } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import type { Handles } from '../handles.ts';
import { unableOver } from './abilities.ts';

/** Events that the query of an occurrence shows. */
const mostEvents = 1000;

/** Where a value occurs: in which fields of all events, and in the answers that are still kept. */
export const elsewhere: Handler<'where-else'> = async ({ value, type: given }, workbench, signal) => {
  const reason = unableOver(workbench.options.kind).elsewhere;
  if (reason !== null) throw new InputError(reason);
  const type = given as EsqlType;
  if (!canBeElsewhere(type))
    throw new InputError(`values of type ${given} are not looked for`, 'texts and addresses are');
  const found = await workbench.ask([], ({ engine, now }) => whereElse({ value, type, engine, now, signal }), signal);
  return {
    found: found.map(({ index, field, events, hosts, first, last, ...rest }) => ({
      ...{ index, field, events, hosts, first, last },
      query: queryOf({ index, field, events, hosts, first, last, ...rest }, value),
    })),
    answers: inAnswers(value, workbench.handles),
  };
};

function queryOf({ index, field, first, isSeveral }: Occurrence, value: string): string {
  const name = identifier(field);
  const condition = isSeveral ? `MV_CONTAINS(${name}, ${string(value)})` : `${name} == ${string(value)}`;
  const sort = first === null ? '' : '\n| SORT @timestamp DESC';
  return `FROM ${indexName(index)}\n| WHERE ${condition}${sort}\n| LIMIT ${mostEvents}`;
}

/** The newest answer to each question that has the value in some cell. */
function inAnswers(value: string, handles: Handles): Calls['where-else']['answer']['answers'] {
  const newest = new Map(handles.all.map((kept) => [JSON.stringify(kept.question), kept]));
  return [...newest.values()].flatMap(({ question, rows }) => {
    const having = rows.filter((row) =>
      row.some((cell) => {
        const wire = wireCell(cell);
        return Array.isArray(wire) ? wire.includes(value) : wire === value;
      }),
    ).length;
    return having === 0 ? [] : [{ question, rows: having, of: rows.length }];
  });
}
