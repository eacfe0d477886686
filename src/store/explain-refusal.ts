import { repeatedMembers } from '../documents/repeated-members.ts';
import type { MappedField } from '../tables/mapped-field.ts';
import { own } from '../values/own.ts';
import { isObject } from '../values/plain-json.ts';
import { isInDocument } from '../values/types.ts';
import type { Mapping } from './mapping.ts';
import { checkName, type MappingLimits } from './mapping-limits.ts';
import { documentParsing, illegalArgument, Refusal } from './refusal.ts';

/*
 * Why a document is refused, in Elasticsearch's words. That it is refused was said before; here a document is looked at
 * by itself, which teaches nothing.
 */

/** Reads a document; throws a Refusal where it is no JSON. */
export function parseJson(line: Buffer): unknown {
  const content = line.toString('utf8');
  try {
    return JSON.parse(content);
  } catch (error) {
    throw documentParsing('[1:1] failed to parse', (error as Error).message.slice(0, 300));
  }
}

/** Why a document could not be read under a mapping. */
export function explainRefusal(line: Buffer, id: string, mapping: Mapping, depth: number): Refusal {
  try {
    const document = parseJson(line);
    const [repeated] = repeatedMembers(line);
    if (repeated !== undefined) return twice(repeated.key);
    lookThrough(document, id, mapping, depth);
  } catch (error) {
    if (error instanceof Refusal) return error;
    if (error instanceof RangeError) return documentParsing('[1:1] failed to parse: the document is nested too deeply');
    throw error;
  }
  return unreadable();
}

const unreadable = (): Refusal => documentParsing('[1:1] failed to parse: the JSON is nested too deeply or damaged');

function twice(key: string): Refusal {
  const reason = `[1:1] Duplicate field '${key}'`;
  const cause = { type: 'x_content_parse_exception', reason };
  return new Refusal('document_parsing_exception', `[1:1] failed to parse: ${reason}`, 400, cause);
}

/** Throws a Refusal for the first thing in a document that its mapping does not allow. */
function lookThrough(document: unknown, id: string, mapping: Mapping, depth: number): void {
  if (!isObject(document))
    throw documentParsing(`[1:1] failed to parse: expected an object but got ${describe(document)}`);
  const visit = (object: object, name: string): void => {
    for (const [key, value] of Object.entries(object)) {
      if (name === '') checkMetadata(key, value, id);
      checkKey(key, name);
      const full = name === '' ? key : `${name}.${key}`;
      if (value === null) continue;
      checkNewName(full, depth);
      for (let dot = full.indexOf('.', name.length + 1); dot >= 0; dot = full.indexOf('.', dot + 1))
        checkParent(full, full.slice(0, dot), mapping);
      const field = mapping.fields.get(full);
      if (field?.mappingType === 'alias') throw documentParsing(`[1:1] Cannot write to a field alias [${full}].`);
      if (field && !field.of && takesAnything(field)) continue;
      const items = Array.isArray(value) ? flat(value) : [value];
      const objects = items.filter((item): item is object => typeof item === 'object');
      if (objects.length > 0) {
        if (field && !field.of) throw noText(full, field.mappingType, id, objects[0]);
        if (objects.length < items.length && mapping.isObject(full)) throw notAnObject(full);
        if (!isKnown(full, mapping) && !takesNew(full, name, mapping)) continue;
        for (const item of objects) visit(item, full);
      } else if (items.length > 0 && mapping.isObject(full)) throw notAnObject(full);
      else if (items.length > 0 && !isKnown(full, mapping)) takesNew(full, name, mapping);
    }
  };
  visit(document, '');
}

const metadataNames = new Set(
  '_id _index _source _routing _version _seq_no _ignored _ignored_source _field_names _nested_path _index_mode _tier _feature _tsid _ts_routing_hash _data_stream_timestamp'.split(
    ' ',
  ),
);

/** Metadata cannot be said in documents, but for `_doc_count`. */
function checkMetadata(key: string, value: unknown, id: string): void {
  const [name = ''] = key.split('.');
  if (!metadataNames.has(name)) return;
  throw new Refusal(
    'document_parsing_exception',
    `[1:1] failed to parse field [${name}] of type [${name}] in document with id '${id}'. Preview of field's value: '${preview(value)}'`,
    400,
    {
      type: 'document_parsing_exception',
      reason: `[1:1] Field [${name}] is a metadata field and cannot be added inside a document. Use the index API request parameters.`,
    },
  );
}

function checkKey(key: string, name: string): void {
  if (key.split('.').every((part) => part.trim() !== '')) return;
  throw documentParsing(
    key.trim() === ''
      ? '[1:1] field name cannot be an empty string'
      : `[1:1] field name cannot contain only whitespace or end with a dot: ['${name === '' ? key : `${name}.${key}`}']`,
  );
}

/** Whether values of a field are not looked at one by one. */
const takesAnything = ({ type }: MappedField): boolean =>
  type === 'unsupported' || type === 'geo_point' || isInDocument(type);

/** A field on the way to another one cannot be an object too. */
function checkParent(full: string, parent: string, mapping: Mapping): void {
  const field = mapping.fields.get(parent);
  if (!field || field.of !== null || takesAnything(field)) return;
  throw documentParsing(
    `[1:1] Could not dynamically add mapping for field [${full}]. Existing mapping for [${parent}] must be of type object but found [${field.property.type}].`,
  );
}

const isKnown = (name: string, mapping: Mapping): boolean => mapping.isObject(name) || mapping.fields.has(name);

/** Whether an object takes a new member; throws a Refusal where it must not have any. */
function takesNew(full: string, parent: string, mapping: Mapping): boolean {
  const dynamic = String(mapping.dynamicAt(parent));
  if (dynamic !== 'strict') return dynamic === 'true';
  throw new Refusal(
    'strict_dynamic_mapping_exception',
    `[1:1] mapping set to strict, dynamic introduction of [${full.slice(parent.length === 0 ? 0 : parent.length + 1)}] within [${parent === '' ? '_doc' : parent}] is not allowed`,
    400,
  );
}

const noText = (name: string, mappingType: string, id: string, value: unknown): Refusal =>
  documentParsing(
    `[1:1] failed to parse field [${name}] of type [${mappingType}] in document with id '${id}'. Preview of field's value: '${preview(value)}'`,
    "Can't get text on a START_OBJECT",
  );

const notAnObject = (name: string): Refusal =>
  documentParsing(
    `[1:1] object mapping for [${name}] tried to parse field [${name.slice(name.lastIndexOf('.') + 1)}] as object, but found a concrete value`,
  );

/**
 * Judges documents one by one that together bring more new names than a mapping takes. `known` are the names of fields and
 * objects that there are; those of documents that are not refused are added.
 */
export function refuseBeyondLimits(
  documents: readonly { readonly n: number; readonly line: Buffer }[],
  known: Set<string>,
  { totalFields, ignoreBeyond, depth }: MappingLimits,
): Map<number, Refusal> {
  const refused = new Map<number, Refusal>();
  for (const { n, line } of documents) {
    try {
      const names = namesIn(parseJson(line));
      const added = [...names].filter((name) => !known.has(name));
      for (const name of added) checkNewName(name, depth);
      if (!ignoreBeyond && known.size + added.length > totalFields) throw beyondLimit(totalFields);
      for (const name of added) known.add(name);
    } catch (error) {
      // What cannot be read is refused for that.
      if (error instanceof Refusal && error.reason !== '[1:1] failed to parse') refused.set(n, error);
      else if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
    }
  }
  return refused;
}

const beyondLimit = (limit: number): Refusal => {
  const reason = `Limit of total fields [${limit}] has been exceeded while adding new fields [1]`;
  return documentParsing(`[1:1] failed to parse: ${reason}`, reason);
};

/** Throws a Refusal for a name that no mapping takes. */
export function checkNewName(name: string, depth: number): void {
  checkName(name);
  if (name.split('.').length > depth)
    throw illegalArgument(`Limit of mapping depth [${depth}] has been exceeded due to object field [${name}]`);
}

/** The names of all values of a document, and of the objects above them. */
function namesIn(document: unknown): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown, name: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, name);
    else if (isObject(value))
      for (const [key, child] of Object.entries(value)) visit(child, name === '' ? key : `${name}.${key}`);
    else if (value !== null && name !== '') for (const part of withParents(name)) names.add(part);
  };
  visit(document, '');
  return names;
}

/** A name and those of the objects above it. */
export function withParents(name: string): string[] {
  const names = [name];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) names.push(name.slice(0, dot));
  return names;
}

/** Why the value of a field does not fit it. */
export function explainMistyped(name: string, line: Buffer, id: string, mapping: Mapping): Refusal {
  const { mappingType, property } = mapping.fields.get(name)!;
  const value = valuesAt(parseJson(line), name.split('.')).find((item) => !fits(item, mappingType));
  const reason = `[1:1] failed to parse field [${name}] of type [${mappingType}] in document with id '${id}'. Preview of field's value: '${preview(value)}'`;
  return documentParsing(reason, causeOf(value, mappingType, property.format));
}
/** The values at a dotted name, in whichever way documents divide it. */
function valuesAt(document: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(document)) return document.flatMap((item) => valuesAt(item, path));
  if (path.length === 0) return document === null || document === undefined ? [] : [document];
  if (typeof document !== 'object' || document === null) return [];
  return path.flatMap((_, i) =>
    valuesAt(own(document as Record<string, unknown>, path.slice(0, i + 1).join('.')), path.slice(i + 1)),
  );
}

const numeric = new Set([
  'byte',
  'short',
  'integer',
  'long',
  'unsigned_long',
  'half_float',
  'float',
  'scaled_float',
  'double',
]);

/** Whether a value is not the one to blame; only for wording why a document is refused. */
function fits(value: unknown, mappingType: string): boolean {
  if (typeof value === 'object') return false;
  if (numeric.has(mappingType)) {
    const largest: Record<string, number> = { byte: 127, short: 32767, integer: 2147483647, long: 2 ** 63 };
    return (
      Number.isFinite(Number(value)) &&
      value !== true &&
      value !== false &&
      Math.abs(Number(value)) <= (own(largest, mappingType) ?? Infinity)
    );
  }
  if (mappingType === 'boolean')
    return value === true || value === false || value === 'true' || value === 'false' || value === '';
  return false;
}

function causeOf(value: unknown, mappingType: string, format: string | undefined): string {
  const shown = preview(value);
  if (typeof value === 'object') return "Can't get text on a START_OBJECT";
  if (mappingType === 'boolean') return `Failed to parse value [${shown}] as only [true] or [false] are allowed.`;
  if (mappingType === 'ip') return `'${shown}' is not an IP string literal.`;
  if (mappingType === 'date' || mappingType === 'date_nanos')
    return `failed to parse date field [${shown}] with format [${format ?? 'strict_date_optional_time||epoch_millis'}]`;
  if (numeric.has(mappingType) && Number.isFinite(Number(value)) && typeof value !== 'boolean')
    return `Value [${shown}] is out of range for a ${mappingType}`;
  return `For input string: "${shown}"`;
}

/** The elements of an array with arrays inside it opened, nulls left out. */
function flat(values: readonly unknown[]): unknown[] {
  return (values.some(Array.isArray) ? (values as unknown[]).flat(1000) : values).filter((value) => value !== null);
}

const describe = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;

/** A value as Elasticsearch shows it in messages, cut short. */
function preview(value: unknown): string {
  const shown =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? `[${value.map(preview).join(', ')}]`
        : `{${Object.entries(value)
            .map(([key, item]) => `${key}=${preview(item)}`)
            .join(', ')}}`
      : String(value);
  return shown.length > 100 ? `${shown.slice(0, 100)}...` : shown;
}
