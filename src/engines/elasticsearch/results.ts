import {
  type CellValue,
  countedType,
  type EsqlType,
  type QueryResult,
  type ResultColumn,
  type ScalarValue,
} from '../../values/types.ts';
import { ClusterError } from './cluster-error.ts';
import { missingParts } from './completeness.ts';
import type { Answer } from './exchange.ts';

/** An answer of `_query` as a result. Throws a ClusterError for one that has no rows to show. */
export function resultOf({ body, warnings }: Answer): QueryResult {
  const { columns, values, took } = body as QueryResponse;
  if (!Array.isArray(columns) || !Array.isArray(values) || values.some((row) => row?.length !== columns.length))
    throw new ClusterError("the rows and columns of the cluster's answer do not match", {
      failure: 'unintelligible',
      hint: 'check that --url is the address of Elasticsearch itself',
    });
  const shown = columns.map(
    ({ name, type, original_types: originalTypes }): ResultColumn => ({
      ...{ name, type: type as EsqlType },
      ...(originalTypes && { originalTypes }),
    }),
  );
  const missing = missingParts(body);
  return {
    columns: shown,
    values: values.map((row: readonly unknown[]) => row.map((value, i) => cell(value, shown[i]!.type))),
    warnings: warnings.flatMap(warningsOf),
    notes: [],
    ...(missing.length > 0 && { missing }),
    tookMs: Number(took ?? 0),
  };
}

interface QueryResponse {
  readonly took?: number | bigint;
  readonly columns?: readonly {
    readonly name: string;
    readonly type: string;
    readonly original_types?: readonly string[];
  }[];
  readonly values?: readonly (readonly unknown[])[];
}

function cell(value: unknown, type: EsqlType): CellValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => scalar(item, type));
  return scalar(value, type);
}

function scalar(value: unknown, columnType: EsqlType): ScalarValue {
  const type = countedType(columnType);
  switch (typeof value) {
    case 'number':
      return type === 'long' || type === 'unsigned_long' ? BigInt(value) : value;
    case 'bigint':
      return type === 'double' ? Number(value) : value;
    case 'boolean':
    case 'string':
      return value;
    default:
      return JSON.stringify(value);
  }
}

/** The texts of a Warning header, which may hold several. */
export function warningsOf(header: string): string[] {
  return [...header.matchAll(/299 [^"]*"((?:[^"\\]|\\.)*)"/g)].map(([, quoted]) => {
    const text = quoted!.replace(/\\(.)/g, '$1');
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  });
}
