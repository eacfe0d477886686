import { type LocationDatabase, locationKind, locationType, propertiesOf } from '../../../values/ip-location.ts';
import { isString, messageName } from '../../../values/types.ts';
import type { IpLocationCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { parsedColumns, prefixedValue } from './parsed-columns.ts';
import { OptionReader, withOptions } from './with-options.ts';

const usual = 'GeoLite2-City.mmdb';

export const ipLocation: ProcessingDefinition<IpLocationCommand> = {
  kind: 'processing',
  keyword: 'ip_location',
  since: '9.5',
  doc: 'Finds where an address is, or whose network, in a database that `--geoip` names, as columns that begin with a prefix.',
  example: 'FROM logs-* | IP_LOCATION geo = source.ip WITH {"properties": ["country_iso_code", "city_name"]}',

  parse(parser, span) {
    const { prefix, value, end } = prefixedValue(parser);
    const options = withOptions(parser);
    return { command: 'ip_location', prefix, value, options, span: { start: span.start, end } };
  },

  analyze({ prefix, value: address, options, span }, input, context) {
    const resolved = context.resolve(address, input.output);
    const reader = new OptionReader('IP_LOCATION', options, context);
    reader.refuseOthers(['database_file', 'properties', 'first_only']);
    const asked = reader.text('database_file');
    const firstOnly = reader.boolean('first_only', true);
    if (resolved.kind === 'invalid' || !reader.valid) return input;
    const { type } = resolved;
    if (!isString(type) && type !== 'ip' && type !== 'null') {
      context.report(
        `Input for IP_LOCATION must be of type [ip or string] but is [${messageName(type)}]`,
        resolved.span,
      );
      return input;
    }
    const found = databaseNamed(asked?.value ?? null, context);
    if ('error' in found) {
      context.report(found.error, asked?.span ?? span, found.hint);
      return input;
    }
    const { given, all } = propertiesOf(found.kind);
    const properties = reader.among('properties', all) ?? given;
    if (!reader.valid) return input;
    const names = properties.map((name) => ({ name: `${prefix}.${name}`, type: locationType(name), several: false }));
    const value = type === 'ip' ? context.asText(resolved) : resolved;
    const parser = { name: 'ip_location', database: found.name, file: found.file, properties, firstOnly } as const;
    return parsedColumns(input, value, parser, names, context, span);
  },
};

type Named = Omit<LocationDatabase, 'file'> & { readonly file: string | null };

/** The database that a query names; without a name the usual one, or the only one there is. */
function databaseNamed(
  name: string | null,
  { locations, catalogue }: AnalysisContext,
): Named | { readonly error: string; readonly hint: string } {
  const found = locations.find((one) => one.name === (name ?? usual)) ?? (name === null ? locations[0] : undefined);
  if (found) return found;
  // A cluster has its own.
  const kind = locationKind(name ?? usual);
  if (catalogue.isElasticsearch && kind) return { name: name ?? usual, kind, file: null };
  const there = locations.map((one) => `[${one.name}]`).join(', ');
  return {
    error: name === null ? 'there is no database of locations' : `Unknown database [${name}]`,
    hint: there === '' ? 'name a file in MaxMind’s format with --geoip FILE' : `--geoip names ${there}`,
  };
}
