import type { Catalogue, Field } from '../catalogue/catalogue.ts';
import { isWildcard, matchIndices } from '../catalogue/index-pattern.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import type { ProcessingCommand, Query } from '../languages/esql/syntax/ast.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';

/** A catalogue in which every query has a plan: what the data lacks is there, without events or values. */
export interface TolerantCatalogue {
  readonly catalogue: Catalogue;
  /** Patterns that no index of the data fits. */
  readonly missingIndices: readonly string[];
  /** Enrich policies that the data knows nothing of: what they add, nobody knows either. */
  readonly missingPolicies: readonly string[];
}

export async function tolerantCatalogue(data: Catalogue, query: Query): Promise<TolerantCatalogue> {
  const names = data.indices.map(({ name }) => name);
  const missingIndices = indexPatterns(query).filter((pattern) =>
    isWildcard(pattern) ? matchIndices([pattern], names).length === 0 : !names.includes(pattern),
  );
  const open = await OpenCatalogue.of(missingIndices, query);
  const absent = (name: string): Field => ({ ...open.field(name), column: null, listColumn: null });
  const policies = data.enrichPolicies?.map(({ name }) => name) ?? [];
  return {
    missingIndices,
    missingPolicies: policiesIn(query.pipeline).filter((name) => !policies.includes(name)),
    catalogue: {
      indices: [...data.indices, ...open.indices],
      field: (name, indices) => data.field(name, indices) ?? absent(name),
      fieldsOf: (indices) => data.fieldsOf(indices),
      isOpen: true,
      knownNames: data.knownNames,
      ...(data.enrichPolicies && { enrichPolicies: data.enrichPolicies }),
    },
  };
}

const policiesIn = (commands: readonly ProcessingCommand[]): string[] =>
  commands.flatMap((command) => {
    if (command.command === 'enrich') return [command.policy.text];
    return command.command === 'fork' ? command.branches.flatMap(policiesIn) : [];
  });
