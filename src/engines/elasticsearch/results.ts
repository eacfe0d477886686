import type { CellValue, EsqlType, QueryResult, ResultColumn, ScalarValue } from '../../values/types.ts';

/** A response of `_query` as a result. */
export interface QueryResponse {
  readonly id?: string;
  readonly is_running?: boolean;
  readonly is_partial?: boolean;
  readonly took?: number | bigint;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly values?: readonly (readonly unknown[])[];
}

/** Turns a response into a result; `headers` are its Warning headers. */
export function resultOf(response: QueryResponse, headers: readonly string[]): QueryResult {
  const columns = (response.columns ?? []).map(({ name, type }): ResultColumn => ({ name, type: type as EsqlType }));
  return {
    columns,
    values: (response.values ?? []).map((row) => row.map((value, i) => cell(value, columns[i]!.type))),
    warnings: headers.flatMap(warningsOf),
    notes: response.is_partial
      ? ['the cluster gave only a part of the answer: some shards failed or it was stopped']
      : [],
    tookMs: Number(response.took ?? 0),
  };
}

function cell(value: unknown, type: EsqlType): CellValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => scalar(item, type));
  return scalar(value, type);
}

function scalar(value: unknown, type: EsqlType): ScalarValue {
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
