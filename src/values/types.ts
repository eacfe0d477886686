/** The types of ES|QL columns, spelled as Elasticsearch's JSON responses spell them. */
export type EsqlType =
  | 'boolean'
  | 'integer'
  | 'long'
  | 'unsigned_long'
  | 'double'
  /** Numbers that only grow, until what counts them starts anew: functions of time series alone take them. */
  | 'counter_integer'
  | 'counter_long'
  | 'counter_double'
  | 'keyword'
  | 'text'
  | 'ip'
  | 'version'
  | 'date'
  | 'date_nanos'
  | 'geo_point'
  | 'geo_shape'
  | 'cartesian_point'
  | 'cartesian_shape'
  /** Cells of grids on the globe, by their numbers. */
  | 'geohash'
  | 'geotile'
  | 'geohex'
  /** A whole object, as JSON of its leaves by their dotted paths. */
  | 'flattened'
  /** Bytes, in Base64. */
  | 'binary'
  /** What numbers come to, as JSON: the least, the greatest, their sum and how many there are. */
  | 'aggregate_metric_double'
  /** Two dates, `FROM..TO`, of which the second is not included. */
  | 'date_range'
  /** Two numbers in the same way. */
  | 'double_range'
  | 'null'
  | 'unsupported'
  /** A whole document, as JSON. */
  | '_source'
  /** Spans of time exist only in expressions, never in columns. */
  | 'date_period'
  | 'time_duration';

/** One value in its JSON form: dates, ips, versions and points as text, longs as bigint so that no digit is lost. */
export type ScalarValue = string | number | bigint | boolean;

/** A cell of a result: missing, one value, or two and more. Never a list of one, never a null inside a list. */
export type CellValue = ScalarValue | readonly ScalarValue[] | null;

export interface ResultColumn {
  readonly name: string;
  readonly type: EsqlType;
  /** Of an `unsupported` column: the types that its indices map it to. */
  readonly originalTypes?: readonly string[];
}

/** What any engine answers. `warnings` are Elasticsearch's texts, one per line of its Warning headers. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly values: readonly (readonly CellValue[])[];
  /** The keys of the rows' groups that the answer does not show, where they were asked for: a row for each row. */
  readonly hiddenKeys?: Pick<QueryResult, 'columns' | 'values'>;
  /** Whether a LIMIT, the query's or an added one, may have left rows out. */
  readonly isCut?: boolean;
  /** About how much the values hold, where that was counted. */
  readonly bytes?: number;
  readonly warnings: readonly string[];
  /** Harrier's own remarks on what the data could not say: rows that were cut, windows outside of it, empty fields. */
  readonly notes: readonly string[];
  /** Parts of the data that the engine could not ask, and why: rows may be missing, and counts too low. */
  readonly missing?: readonly string[];
  /** Milliseconds the query took, reading of files aside. */
  readonly tookMs: number;
}

export const isWholeNumber = (type: EsqlType): boolean => type === 'integer' || type === 'long';
export const isNumeric = (type: EsqlType): boolean =>
  type === 'integer' || type === 'long' || type === 'unsigned_long' || type === 'double';

const counters = new Map<EsqlType, EsqlType>([
  ['counter_integer', 'integer'],
  ['counter_long', 'long'],
  ['counter_double', 'double'],
]);
export const isCounter = (type: EsqlType): boolean => counters.has(type);
/** The type of the numbers that a counter holds; any other type is its own. */
export const countedType = (type: EsqlType): EsqlType => counters.get(type) ?? type;
/** The type of a counter of such numbers. */
export const counterOf = (type: EsqlType): EsqlType =>
  type === 'integer' || type === 'long' || type === 'double' ? `counter_${type}` : type;

export const isString = (type: EsqlType): boolean => type === 'keyword' || type === 'text';
export const isDate = (type: EsqlType): boolean => type === 'date' || type === 'date_nanos';
export const isSpatial = (type: EsqlType): boolean =>
  type === 'geo_point' || type === 'geo_shape' || type === 'cartesian_point' || type === 'cartesian_shape';
export const isGrid = (type: EsqlType): type is 'geohash' | 'geotile' | 'geohex' =>
  type === 'geohash' || type === 'geotile' || type === 'geohex';
export const isRange = (type: EsqlType): type is 'date_range' | 'double_range' =>
  type === 'date_range' || type === 'double_range';
/** Types whose values stand in documents alone: no column is made of them when documents come in. */
export const isInDocument = (type: EsqlType): boolean =>
  type === 'flattened' ||
  type === 'binary' ||
  type === 'aggregate_metric_double' ||
  isRange(type) ||
  (isSpatial(type) && type !== 'geo_point');
export const isTimeSpan = (type: EsqlType): boolean => type === 'date_period' || type === 'time_duration';

/** Elasticsearch calls a `date` a `datetime` in its messages. */
export const messageName = (type: EsqlType): string => (type === 'date' ? 'datetime' : type);
