import type { Field } from '../../../catalogue/catalogue.ts';
import { isWildcard, matchesNone, matchIndices } from '../../../catalogue/index-pattern.ts';
import { closestMatches } from '../../../diagnostics/closest-match.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { constant } from '../../../plan/expression.ts';
import type { MetadataField, Plan, Scan, ScanColumn } from '../../../plan/nodes.ts';
import { counterOf, type EsqlType } from '../../../values/types.ts';
import { indexName } from '../print/tokens.ts';
import type { FromCommand, Subquery } from '../syntax/ast.ts';
import type { Parser } from '../syntax/parser.ts';
import type { AnalysisContext, SourceDefinition } from './command.ts';
import { seriesId, withSeries } from './series.ts';
import { unionOfSubqueries } from './subqueries.ts';
import { withLoadedFields } from './unmapped-fields.ts';

const metadataFields: Readonly<Record<MetadataField, EsqlType>> = {
  _index: 'keyword',
  _id: 'keyword',
  _version: 'long',
  _source: '_source',
  _ignored: 'keyword',
  _score: 'double',
  _index_mode: 'keyword',
};

/** What METADATA can ask for. */
export const metadataNames: readonly string[] = Object.keys(metadataFields);
export const isMetadata = (name: string): name is MetadataField => Object.hasOwn(metadataFields, name);

export const from: SourceDefinition<FromCommand> = {
  kind: 'source',
  keyword: 'from',
  doc: 'Reads the events of indices and data streams, by name or pattern.',
  example: 'FROM logs-endpoint.events.network-* METADATA _index | LIMIT 10',

  parse(parser, span) {
    const patterns: { text: string; span: Span }[] = [];
    const subqueries: Subquery[] = [];
    do {
      if (parser.acceptSymbol('(')) {
        subqueries.push(parser.subquery());
        parser.expectSymbol(')');
      } else patterns.push(withoutSelector(parser));
    } while (parser.acceptSymbol(','));
    const metadata = parser.acceptWord('metadata') ? parser.separated(() => parser.qualifiedName()) : [];
    return { command: 'from', patterns, subqueries, metadata, span };
  },

  analyze(command, context) {
    // What no subquery shows may still stand in the documents that one reads.
    if (context.loadsUnmapped)
      for (const { source } of command.subqueries) context.askUnmapped(source, context.unmappedOf(command));
    const plans = command.subqueries.map((query) => context.subquery(query));
    const isAsked = command.metadata.some(({ name }) => name === seriesId);
    if (plans.length === 0 || readsIndices(command, context)) {
      const events = scan(command, context);
      plans.unshift(command.isSeries || isAsked ? withSeries(events, isAsked, command.span, context) : events);
    } else if (command.metadata.length > 0 && plans.length > 0) plans[0] = withoutMarks(plans[0]!, command, context);
    return plans.length === 1 ? plans[0]! : unionOfSubqueries(plans, command.span, context);
  },
};

/** Reads time series. It is FROM to all that do not treat series in a way of their own. */
export const ts: SourceDefinition<FromCommand> = {
  kind: 'source',
  keyword: 'ts',
  since: '9.2',
  doc: 'Reads time series: indices whose `index.mode` is `time_series`. STATS behind it aggregates each series first, within the time bucket of BY, and then what these come to; a field alone is the latest value of its series.',
  example: 'TS metrics | STATS total = SUM(RATE(network.bytes)) BY host.name, bucket = TBUCKET(5 minutes)',

  parse(parser, span) {
    const patterns = parser.separated(() => withoutSelector(parser));
    const metadata = parser.acceptWord('metadata') ? parser.separated(() => parser.qualifiedName()) : [];
    return { command: 'from', isSeries: true, patterns, subqueries: [], metadata, span };
  },

  analyze: (command, context) => from.analyze(command, context),
};

/** A pattern, or several in quotes, without `::data`: there is nothing else to select, for nobody keeps failed documents. */
function withoutSelector(parser: Parser): { text: string; span: Span } {
  const { text, span } = parser.indexPattern();
  const parts = text.split(',').map((part) => {
    const [, name, selector] = /^(.*?)::(.*)$/s.exec(part.trim()) ?? [null, part, 'data'];
    if (selector === 'failures')
      parser.fail(`the failure store of [${name}] cannot be read: documents that do not fit are refused`, span);
    if (selector !== 'data')
      parser.fail(`Invalid usage of :: separator, [${selector}] is not a recognized selector`, span);
    return name!;
  });
  return { text: parts.join(','), span };
}

/** Whether there are patterns, and not such alone as only views fit. */
function readsIndices({ patterns }: FromCommand, { catalogue }: AnalysisContext): boolean {
  const names = catalogue.indices.map(({ name }) => name);
  const fits = (text: string): boolean => !matchesNone(text, names, catalogue.aliases);
  return patterns.some(({ text, isOptional }) => !text.startsWith('-') && (!isOptional || fits(text)));
}

/** Rows of subqueries have nothing of what METADATA asks for. */
function withoutMarks(plan: Plan, { metadata, span }: FromCommand, context: AnalysisContext): Plan {
  const definitions = metadata
    .filter((mark) => known(mark, context) && !plan.output.some((column) => column.name === mark.name))
    .map(({ name }) => {
      const type = metadataFields[name as MetadataField];
      return { column: context.column(name, type, false), expression: constant(type, null, span) };
    });
  return {
    kind: 'compute',
    input: plan,
    definitions,
    output: [...plan.output, ...definitions.map((one) => one.column)],
  };
}

function known({ name, span }: FromCommand['metadata'][number], context: AnalysisContext): boolean {
  if (isMetadata(name) || name === seriesId) return true;
  const hint = `metadata fields known here: ${Object.keys(metadataFields).join(', ')}; leave out what the query asks of [${name}], or run it on an Elasticsearch cluster that knows it`;
  context.report(`unsupported metadata field [${name}]`, span, hint);
  return false;
}

/** The documents of the indices that patterns name. */
function scan(command: FromCommand, context: AnalysisContext): Plan {
  const { catalogue } = context;
  // Nobody asks a cluster for the modes of its indices.
  const isKnown = !catalogue.isElasticsearch && !catalogue.isOpen;
  const names = catalogue.indices
    .filter(({ name, mode }) => !command.isSeries || !isKnown || mode === 'time_series' || hasDimensions(name, context))
    .map((index) => index.name);
  const patterns = command.patterns.flatMap(({ text, ...pattern }) =>
    text.split(',').map((part) => ({ text: part.trim(), ...pattern })),
  );
  const indices = matchIndices(
    patterns.map((pattern) => pattern.text),
    names,
    catalogue.aliases,
  );
  reportMissing(patterns, names, indices, command.isSeries === true, context);
  context.reach(indices);
  const fields = indices.length === 0 && context.allowsNoIndices ? [] : fieldsInReach(indices, context);
  const hidden: ScanColumn[] = [];
  const columns: ScanColumn[] = fields.map((field) => {
    const type = field.series === 'counter' ? counterOf(field.type) : field.type;
    const column = context.column(field.name, type, field.listColumn !== null);
    const variants = field.variants?.map((variant) => {
      const own = context.column(field.name, variant.field.type, variant.field.listColumn !== null);
      hidden.push({ column: own, source: variant.field });
      return { column: own, indices: variant.indices };
    });
    const isUnnamed = field.isUnmapped && !context.mentioned.has(field.name);
    const known: Column = { ...column, field: true };
    if (!field.series && !variants && !isUnnamed) return { column: known, source: field };
    const more = { ...seriesRole(field), ...(variants && { variants }), ...(isUnnamed && { isUnnamed }) };
    return { column: { ...known, ...more }, source: field };
  });
  for (const mark of command.metadata) {
    const { name } = mark;
    if (!known(mark, context) || !isMetadata(name)) continue;
    const at = columns.findIndex(({ column }) => column.name === name);
    if (at >= 0) columns.splice(at, 1);
    columns.push({ column: context.column(name, metadataFields[name], name === '_ignored'), source: name });
  }
  if (command.isSeries && !columns.some(({ source }) => source === '_index'))
    hidden.push({ column: context.column('_index', 'keyword', false), source: '_index' });
  const everything = indices.length === catalogue.indices.length;
  const output = columns.map(({ column }) => column);
  const read: Scan = {
    kind: 'scan',
    indices: everything ? null : indices,
    ...(command.isSeries && { mode: 'time_series' }),
    columns: [...columns, ...hidden],
    output,
  };
  if (!context.loadsUnmapped) return read;
  return withLoadedFields(read, indices, context.unmappedOf(command), command.span, context);
}

/**
 * A name that no index has is an error, and so is a query whose patterns match nothing at all, or only exclude. What columns there would
 * be nobody knows then, so none of them is reported.
 */
function reportMissing(
  patterns: FromCommand['patterns'],
  names: readonly string[],
  matched: readonly string[],
  isSeries: boolean,
  context: AnalysisContext,
): void {
  const onlyExcluded = patterns.every(({ text }) => text.startsWith('-'));
  for (const { text, span, isOptional } of patterns) {
    if (!onlyExcluded && (text.startsWith('-') || isOptional)) continue;
    const nothing = isWildcard(text) ? matched.length === 0 : matchesNone(text, names, context.catalogue.aliases);
    if (!onlyExcluded && (!nothing || (context.allowsNoIndices && isWildcard(text)))) continue;
    context.forgetColumns();
    const none = isSeries
      ? 'no index is of time series: TS reads those whose index.mode is time_series, or whose mapping has dimensions'
      : 'there are no events';
    const present = names.length === 0 ? none : `the data holds ${listed(names)}`;
    // A pattern may stand in a list between quotes: then its place is that of the list.
    const [closest] = context.text(span) === text ? closestMatches(text, names) : [];
    context.report(
      `Unknown index [${text}]`,
      span,
      `${present}; events without data_stream fields take the name that --index gives`,
      closest === undefined ? undefined : { span, text: indexName(closest) },
    );
  }
}

/** Documents of a mapping with dimensions are of series, whatever the index was made as. */
const hasDimensions = (index: string, { catalogue }: AnalysisContext): boolean =>
  catalogue.fieldsOf([index]).some(({ series }) => series === 'dimension');

const seriesRole = ({ series }: Field): Pick<Column, 'series'> =>
  series === undefined ? {} : { series: series === 'dimension' ? 'dimension' : 'metric' };

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, 5);
  const more = names.length - shown.length;
  return shown.map((name) => `[${name}]`).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The fields that the query may name, in the order in which FROM shows them. */
function fieldsInReach(indices: readonly string[], context: AnalysisContext): Field[] {
  const found = new Map<string, Field>();
  const add = (field: Field | undefined): void => {
    if (field && !isMetadata(field.name)) found.set(field.name, field);
  };
  for (const name of context.mentioned) add(context.catalogue.field(name, indices));
  if (context.offersAllFields) for (const field of context.catalogue.fieldsOf(indices)) add(field);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
