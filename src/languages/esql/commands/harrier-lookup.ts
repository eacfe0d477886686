import { type ListMatch, type LookupList, listOf } from '../../../catalogue/lookup-list.ts';
import { didYouMean } from '../../../diagnostics/closest-match.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import type { Scan } from '../../../plan/nodes.ts';
import { count } from '../../../values/quantities.ts';
import { type EsqlType, isNumeric, isString, messageName } from '../../../values/types.ts';
import { visible } from '../../../values/visible.ts';
import type { HarrierLookupCommand } from '../syntax/ast.ts';
import { listMatches } from '../syntax/command-words.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { scanOfIndex, withRowsOf } from './lookup-rows.ts';

export const harrierLookup: ProcessingDefinition<HarrierLookupCommand> = {
  kind: 'processing',
  keyword: 'harrier_lookup',
  since: 'harrier',
  doc: 'Adds the columns of a list that `--lookup` names: a row for each row of the list that equals a value, or whose network (`BY cidr`), pattern (`BY wildcard`) or domain (`BY suffix`) holds it.',
  example: 'ROW ip = TO_IP("10.1.2.3") | HARRIER_LOOKUP networks ON ip == network BY cidr',

  parse(parser, span) {
    const list = parser.indexPattern();
    parser.expectWord('on');
    const left = parser.qualifiedName();
    const right = parser.acceptSymbol('==') ? parser.qualifiedName() : left;
    const word = parser.acceptWord('by') ? parser.peek().text.toLowerCase() : 'value';
    const by = listMatches.find((name) => name === word) ?? 'value';
    if (word !== 'value' || parser.atWord('value')) {
      if (by === 'value') parser.mismatch(listMatches.map((name) => `'${name}'`));
      parser.take();
    }
    return { command: 'harrier_lookup', list, left, right, by, span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    const { by, left: asked, right: wanted } = command;
    const left = input.output.find(({ name }) => name === asked.name);
    if (!left) context.unknownColumn(asked.name, asked.span, input.output);
    const right = scanOfIndex(command.list, [wanted.name], context);
    const key = right?.output.find(({ name }) => name === wanted.name);
    if (right && !key) reportColumn(command, right, context);
    if (!right || !key) {
      context.forgetColumns();
      return input;
    }
    if (!left || left.invalid || !comparable(command, left, key, context)) return input;
    const list = listOf(context.catalogue, command.list.text);
    if (by === 'cidr' && list) warnOfInvalid(list, key, wanted.span, context);
    const place = context.column('_place', 'long', false);
    const placed: Scan = { ...right, columns: [...right.columns, { column: place, source: '_place' }] };
    // What is matched is not what matches: a network does not take the place of the address in it.
    const columns = right.output.filter(({ id }) => wanted !== asked || id !== key.id);
    const on = [{ left, right: key }];
    return withRowsOf(
      { input, right: placed, on, condition: null, warns: null, match: { by, place } },
      columns,
      context,
    );
  },
};

function reportColumn({ list, right }: HarrierLookupCommand, { output }: Scan, context: AnalysisContext): void {
  const names = output.map(({ name }) => name);
  context.report(
    `Unknown column [${right.name}] in [${list.text}]${didYouMean(right.name, names)}`,
    right.span,
    `its columns are ${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ' …' : ''}`,
  );
}

const mostNames = 10;

/** Whether values of a column can be looked up in another; reports why not. */
function comparable(
  { by, left: { span } }: HarrierLookupCommand,
  left: Column,
  right: Column,
  context: AnalysisContext,
) {
  if (left.type === 'null' || right.type === 'null' || fits[by](left.type, right.type)) return true;
  const of = ({ name, type }: Column): string => `[${name}] of type [${messageName(type)}]`;
  const isText = isString(left.type);
  const hint =
    by === 'cidr'
      ? isText && `make addresses of it before: EVAL ip = TO_IP(${context.text(span)})`
      : left.type === 'ip' && 'addresses are looked up BY cidr, single ones too';
  const how = by === 'value' ? '' : ` by ${by}`;
  context.report(`HARRIER_LOOKUP cannot find ${of(left)} in ${of(right)}${how}`, span, hint || undefined);
  return false;
}

/** Which types of values can be looked up in which. */
const fits: { readonly [M in ListMatch]: (left: EsqlType, right: EsqlType) => boolean } = {
  cidr: (left, right) => left === 'ip' && (right === 'ip' || isString(right)),
  wildcard: (left, right) => isString(left) && isString(right),
  suffix: (left, right) => isString(left) && isString(right),
  value: (left, right) =>
    (isNumeric(left) && isNumeric(right)) ||
    (isString(left) && isString(right)) ||
    (left === right && simple.includes(left)),
};

const simple: readonly EsqlType[] = ['ip', 'boolean', 'date', 'date_nanos', 'version'];

function warnOfInvalid(
  { name, networks, rows }: LookupList,
  { name: column, type }: Column,
  span: Span,
  context: AnalysisContext,
): void {
  const found = networks.get(column);
  if (!found) {
    if (rows > 0 && isString(type))
      context.warn(`[${column}] of the list [${name}] does not hold networks: nothing is found in it`, span);
    return;
  }
  if (found.invalid === 0) return;
  const first = found.first.map(({ place, text }) => `${place} [${visible(text)}]`).join(', ');
  const more = found.invalid > found.first.length ? ', …' : '';
  context.warn(
    `${found.invalid} of ${count(found.count, 'value')} in [${column}] of the list [${name}] ${found.invalid === 1 ? 'is no network and matches' : 'are no networks and match'} nothing: ${first}${more}`,
    span,
  );
}
