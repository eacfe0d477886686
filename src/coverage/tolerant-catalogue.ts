import type { Catalogue, Field } from '../catalogue/catalogue.ts';
import { matchesNone } from '../catalogue/index-pattern.ts';
import { listOf } from '../catalogue/lookup-list.ts';
import type { Analysis, AnalyzeOptions } from '../languages/esql/analyze/analyze.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { ProcessingCommand, Query } from '../languages/esql/syntax/ast.ts';
import { indexPatterns, lookupIndices } from '../languages/esql/syntax/walk.ts';

/** A query with its types where what the data lacks is there, without events or values, so that every query has a plan. */
export interface TolerantlyTyped {
  readonly analysis: Analysis;
  /** Patterns that no index of the data fits. */
  readonly missingIndices: readonly string[];
  /** Those of them that rows are looked up in. */
  readonly missingLookups: ReadonlySet<string>;
  /** Enrich policies that the data knows nothing of: what they add, nobody knows either. */
  readonly missingPolicies: readonly string[];
}

/** Throws a QueryError for a text that does not parse. */
export async function typedTolerantly(
  compiled: CompiledQuery,
  data: Catalogue,
  { now }: Pick<AnalyzeOptions, 'now'>,
): Promise<TolerantlyTyped> {
  const { query } = compiled;
  const names = data.indices.map(({ name }) => name);
  const lookedUp = new Set(lookupIndices(query));
  const isList = (name: string): boolean => lookedUp.has(name) && listOf(data, name) !== undefined;
  const missingIndices = indexPatterns(query).filter(
    (pattern) => matchesNone(pattern, names, data.aliases) && !isList(pattern),
  );
  const missingLookups = new Set(missingIndices.filter((name) => lookedUp.has(name)));
  const policies = data.enrichPolicies?.map(({ name }) => name) ?? [];
  const missingPolicies = policiesIn(query.pipeline).filter((name) => !policies.includes(name));
  const options = { now, defaultLimit: null };
  // Where nothing is lacking the query has the types that it runs with.
  const exact = missingIndices.length === 0 ? compiled.analyze(data, options) : null;
  const analysis = exact?.plan ? exact : compiled.analyze(await tolerant(data, missingIndices, query), options);
  return { analysis, missingIndices, missingLookups, missingPolicies };
}

/** A catalogue that has indices and fields which the data lacks. */
async function tolerant(data: Catalogue, missingIndices: readonly string[], query: Query): Promise<Catalogue> {
  const open = await OpenCatalogue.of(missingIndices, query);
  const absent = (name: string): Field => ({ ...open.field(name), column: null, listColumn: null });
  return {
    indices: [...data.indices, ...open.indices],
    field(name, indices) {
      const field = data.field(name, indices);
      return field ? open.asUsed(field) : absent(name);
    },
    fieldsOf: (indices) => data.fieldsOf(indices),
    isOpen: true,
    knownNames: data.knownNames,
    ...(data.aliases && { aliases: data.aliases }),
    ...(data.enrichPolicies && { enrichPolicies: data.enrichPolicies }),
    ...(data.views && { views: data.views }),
    ...(data.lists && { lists: data.lists }),
  };
}

const policiesIn = (commands: readonly ProcessingCommand[]): string[] =>
  commands.flatMap((command) => {
    if (command.command === 'enrich') return [command.policy.text];
    return command.command === 'fork' ? command.branches.flatMap(policiesIn) : [];
  });
