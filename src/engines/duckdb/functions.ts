import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { escapeToAscii } from '../../values/ascii.ts';
import { textOfBase64 } from '../../values/base64.ts';
import { changePoint } from '../../values/change-point.ts';
import { networkBits, parseCidr } from '../../values/cidr.ts';
import { windowsArguments } from '../../values/command-line.ts';
import { communityId } from '../../values/community-id.ts';
import { formatDateNanos, parseDate, parseDateNanos } from '../../values/date.ts';
import { digest } from '../../values/digest.ts';
import { flattenedGroups, flattenedOf, flattenedValues } from '../../values/flattened.ts';
import { boxesOverlap, gridText, parseGrid } from '../../values/geo-grids.ts';
import {
  type Box,
  boxOf,
  type Extent,
  extentOf,
  geometryError,
  midstOf,
  normalGeometry,
  related,
} from '../../values/geometry.ts';
import { geometriesOf } from '../../values/geometry-fields.ts';
import { grok } from '../../values/grok.ts';
import { formatIp, parseIp, withoutLeadingZeros } from '../../values/ip.ts';
import type { LocationProperty } from '../../values/ip-location.ts';
import { formatDateAs, parseDateAs } from '../../values/java-date-format.ts';
import { javaDouble } from '../../values/java-double.ts';
import { javaText } from '../../values/java-map.ts';
import { javaReplace } from '../../values/java-regex.ts';
import { extractJson } from '../../values/json-path.ts';
import { pointsOfJson } from '../../values/json-points.ts';
import { luceneMatches } from '../../values/lucene-regex.ts';
import { metricIn } from '../../values/metric-values.ts';
import { networkDirection } from '../../values/network-direction.ts';
import { percentText } from '../../values/percent-text.ts';
import { isInRanges, rangesOf } from '../../values/range-fields.ts';
import { dateBound, doubleBound, rangesInDocument, readRange } from '../../values/range-texts.ts';
import {
  type DomainPart,
  domainPart,
  domainParts,
  registeredDomain,
  registeredInTail,
} from '../../values/registered-domain.ts';
import { sourceValues } from '../../values/source-values.ts';
import { categoryTokens, shownCategories } from '../../values/text-categories.ts';
import { measureText, type TextMeasure } from '../../values/text-measures.ts';
import { uriParts } from '../../values/uri-parts.ts';
import { decodeUrl } from '../../values/url.ts';
import type { UserAgentPart } from '../../values/user-agent.ts';
import { versionKey } from '../../values/version.ts';
import { argumentReader } from './argument-reader.ts';
import { gridCell, gridCellBox, gridCellOutline } from './geo-cells.ts';
import { geometryFrom } from './jts/loaded.ts';
import type { Overlay } from './jts/operations.ts';
import { locate } from './location-files.ts';
import { isTimeout, withinTime } from './time-limit.ts';
import { prepareUserAgents, userAgentParts } from './user-agents.ts';

/** Maximum number of remembered addresses. */
const mostAddresses = 50_000;

/** How the message of an error begins that is the query's own fault, and ends it. */
export const failedQuery = 'the query fails: ';

/** Milliseconds that a pattern may take for some thousand texts, which are milliseconds of work for a good one. */
const timeout = 5000;

function withTimeout(work: () => void): void {
  try {
    withinTime(timeout, work);
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new Error(`${failedQuery}a pattern takes too long: it tries too many ways to fit a text`);
  }
}

/**
 * Functions whose time a query determines, by its pattern or by the length of the texts that it makes. Where others wait,
 * they run in a process that can be ended; the remaining ones look at a few characters of each value.
 */
export const slowFunctions = [
  'harrier_grok',
  'harrier_lucene_match',
  'harrier_java_replace',
  'harrier_java_replace_error',
  'harrier_format_date',
  'harrier_parse_date_as',
  'harrier_version_key',
  'harrier_registered_domain',
  'harrier_registered_in_tail',
  'harrier_uri_parts',
  'harrier_user_agent',
  'harrier_category_tokens',
  'harrier_categories',
  'harrier_category_of_each',
  'harrier_change_point',
  'harrier_geometry',
  'harrier_related',
  'harrier_box',
  'harrier_reach',
  'harrier_midst',
  'harrier_simplified',
  'harrier_buffer',
  'harrier_overlay',
  'harrier_dissolved',
  'harrier_grid_overlaps',
  'harrier_hash',
  'harrier_url_decode',
  'harrier_from_base64',
  'harrier_from_base64_utf16',
  'harrier_json_extract',
  'harrier_to_ascii',
  'harrier_flattened_values',
  'harrier_flattened_groups',
] as const;

/**
 * Hears of rows that could not be evaluated: the number of the site in the query, and why. False when it takes no more reasons
 * of that site.
 */
export type WarningListener = (site: number, reason: string) => boolean;

interface FunctionOptions {
  /** Its time is bounded. */
  readonly ofPattern?: boolean;
  /** What takes time once, and has no part in the bound. */
  readonly prepare?: () => void;
}

/**
 * Registers the functions that emitted SQL calls where DuckDB has none of its own. They are slow beside the engine's
 * and stand only on paths that few rows take. `onWarning` is called while a query runs.
 */
export async function registerFunctions(connection: DuckDBConnection, onWarning: WarningListener): Promise<void> {
  const duckdb = await import('@duckdb/node-api');
  const { VARCHAR, BOOLEAN, INTEGER, BIGINT, DOUBLE, UHUGEINT, TIMESTAMP } = duckdb;
  type Type = Parameters<typeof duckdb.DuckDBScalarFunction.create>[0]['returnType'];

  const register = (
    name: string,
    parameterTypes: readonly Type[],
    returnType: Type,
    apply: (args: readonly never[]) => unknown,
    { ofPattern = false, prepare }: FunctionOptions = {},
  ): void => {
    connection.registerScalarFunction(
      duckdb.DuckDBScalarFunction.create({
        name,
        parameterTypes,
        returnType,
        mainFunction: (_info, input, output) => {
          const columns = parameterTypes.map((_, i) => argumentReader(input.getColumnVector(i)));
          const applyToAll = (): void => {
            for (let row = 0; row < input.rowCount; row++) {
              const args = columns.map((column) => column.get(row));
              const failed = args.some((arg) => arg === null);
              output.setItem(row, failed ? null : (apply(args as never[]) as DuckDBValue));
            }
          };
          prepare?.();
          if (ofPattern) withTimeout(applyToAll);
          else applyToAll();
          output.flush();
        },
      }),
    );
  };

  // Volatile, so that it is neither evaluated while planning nor moved to rows that an earlier condition drops. Its result is
  // not null as the engine hands it over, and that is all that is asked of it: nothing is written.
  connection.registerScalarFunction(
    duckdb.DuckDBScalarFunction.create({
      name: 'harrier_warn',
      parameterTypes: [INTEGER, VARCHAR],
      returnType: INTEGER,
      volatile: true,
      mainFunction: (_info, input) => {
        const { rowCount } = input;
        if (rowCount === 0) return;
        // The site is a constant. Once it has all the reasons that it takes, nobody reads the others.
        const site = input.getColumnVector(0).getItem(0) as number;
        const reasons = argumentReader(input.getColumnVector(1));
        for (let row = 0; row < rowCount; row++) {
          if (reasons.isSame(row)) continue;
          const reason = reasons.get(row);
          if (reason !== null && !onWarning(site, reason as string)) return;
        }
      },
    }),
  );
  // The site and the reason are constants: what the first row says holds for all.
  connection.registerScalarFunction(
    duckdb.DuckDBScalarFunction.create({
      name: 'harrier_warn_all',
      parameterTypes: [INTEGER, VARCHAR],
      returnType: INTEGER,
      volatile: true,
      mainFunction: (_info, input) => {
        if (input.rowCount === 0) return;
        const [site, reason] = [0, 1].map((i) => input.getColumnVector(i).getItem(0));
        onWarning(site as number, reason as string);
      },
    }),
  );
  register('harrier_double_text', [DOUBLE], VARCHAR, ([value]) => javaDouble(value!));
  register('harrier_ip_text', [UHUGEINT], VARCHAR, ([value]) => formatIp(value!));
  // Hosts name their own addresses in every event.
  const addresses = new Map<string, bigint | null>();
  register('harrier_parse_ip', [VARCHAR], UHUGEINT, ([text]) => {
    const known = addresses.get(text!);
    if (known !== undefined) return known;
    if (addresses.size >= mostAddresses) addresses.clear();
    const address = parseIp(text!);
    addresses.set(text!, address);
    return address;
  });
  register('harrier_measure_text', [VARCHAR, VARCHAR], DOUBLE, ([text, measure]) =>
    measureText(text!, measure! as TextMeasure),
  );
  register('harrier_windows_arguments', [VARCHAR], VARCHAR, ([line]) => windowsArguments(line!).join('\x01'));
  register('harrier_version_key', [VARCHAR], VARCHAR, ([text]) => versionKey(text!));
  register('harrier_parse_date', [VARCHAR], TIMESTAMP, ([text]) => {
    const millis = parseDate(text!);
    return millis === null ? null : new duckdb.DuckDBTimestampValue(millis * 1000n);
  });
  register('harrier_format_date', [BIGINT, VARCHAR, VARCHAR], VARCHAR, ([millis, pattern, zone]) =>
    formatDateAs(millis!, pattern!, zone!),
  );
  register('harrier_parse_date_as', [VARCHAR, VARCHAR, VARCHAR], TIMESTAMP, ([text, pattern, zone]) => {
    const millis = parseDateAs(text!, pattern!, zone!);
    return millis === null ? null : new duckdb.DuckDBTimestampValue(millis * 1000n);
  });
  register('harrier_parse_ip_as', [VARCHAR, VARCHAR], UHUGEINT, ([text, zeros]) =>
    parseIp(withoutLeadingZeros(text!, zeros!)),
  );
  register('harrier_network_direction', [UHUGEINT, UHUGEINT, VARCHAR], VARCHAR, ([source, destination, networks]) =>
    networkDirection(source!, destination!, (networks! as string).split('\x01')),
  );
  register('harrier_grok', [VARCHAR, VARCHAR], VARCHAR, ([call, text]) => grok(call!, text!), { ofPattern: true });
  register('harrier_parse_date_nanos', [VARCHAR], BIGINT, ([text]) => parseDateNanos(text!));
  register('harrier_nanos_text', [BIGINT], VARCHAR, ([nanos]) => formatDateNanos(nanos!));
  register('harrier_lucene_match', [VARCHAR, VARCHAR], BOOLEAN, ([text, pattern]) => luceneMatches(pattern!, text!), {
    ofPattern: true,
  });
  register('harrier_registered_domain', [VARCHAR], VARCHAR, ([name]) => {
    const found = registeredDomain(name!);
    return found && JSON.stringify(domainParts.map((part) => (found[part] === undefined ? [] : [found[part]])));
  });
  register('harrier_registered_in_tail', [VARCHAR], VARCHAR, ([tail]) => registeredInTail(tail!));
  register(
    'harrier_user_agent',
    [VARCHAR, VARCHAR],
    VARCHAR,
    ([text, names]) => userAgentParts(text!, (names! as string).split(',') as UserAgentPart[]),
    { ofPattern: true, prepare: prepareUserAgents },
  );
  register(
    'harrier_community_id',
    [VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR],
    VARCHAR,
    ([from, port, to, other, by]) => communityId(from!, port!, to!, other!, by!),
  );
  register('harrier_ip_location', [VARCHAR, VARCHAR, VARCHAR], VARCHAR, ([file, names, ip]) =>
    locate(file!, (names! as string).split(',') as LocationProperty[], ip!),
  );
  register('harrier_uri_parts', [VARCHAR], VARCHAR, ([text]) => uriParts(text!));
  register('harrier_category_tokens', [VARCHAR, VARCHAR], VARCHAR, ([text, analyzer]) =>
    categoryTokens(text!, analyzer!),
  );
  register('harrier_categories', [VARCHAR, VARCHAR, INTEGER, VARCHAR], VARCHAR, ([texts, counts, threshold, format]) =>
    Array.from(shownCategories(texts!, counts!, threshold!, format!), ([text, shown]) => `${text}\t${shown}`).join(
      '\n',
    ),
  );
  register(
    'harrier_category_of_each',
    [VARCHAR, VARCHAR, INTEGER, VARCHAR],
    VARCHAR,
    ([texts, counts, threshold, format]) => {
      const categories = shownCategories(texts!, counts!, threshold!, format!);
      return (texts! as string)
        .split('\n')
        .map((text) => categories.get(text) ?? '')
        .join('\n');
    },
  );
  register('harrier_change_point', [VARCHAR], VARCHAR, ([values]) => {
    const found = changePoint(JSON.parse(values!));
    return found && JSON.stringify(found);
  });
  register('harrier_ranges', [VARCHAR, VARCHAR, VARCHAR], VARCHAR, ([document, path, kind]) => {
    const ranges = rangesOf(document!, path!, kind!);
    return ranges && JSON.stringify(ranges);
  });
  register('harrier_in_ranges', [VARCHAR, VARCHAR, VARCHAR], BOOLEAN, ([text, document, path]) =>
    isInRanges(text!, document!, path!),
  );
  register('harrier_ranges_of', [VARCHAR, VARCHAR, VARCHAR], VARCHAR, ([document, name, type]) => {
    const ranges = rangesInDocument(document!, name!, type!);
    return ranges && JSON.stringify(ranges);
  });
  register('harrier_geometries', [VARCHAR, VARCHAR, VARCHAR], VARCHAR, ([document, name, type]) => {
    const geometries = geometriesOf(document!, name!, type!);
    return geometries && JSON.stringify(geometries);
  });
  register('harrier_range', [VARCHAR, VARCHAR], VARCHAR, ([text, type]) => readRange(text!, type!));
  register('harrier_date_bound', [VARCHAR, INTEGER], BIGINT, ([range, place]) => dateBound(range!, place!));
  register('harrier_double_bound', [VARCHAR, INTEGER], DOUBLE, ([range, place]) => doubleBound(range!, place!));
  register('harrier_metric', [VARCHAR, VARCHAR], VARCHAR, ([document, name]) => metricIn(document!, name!));
  register('harrier_percent', [DOUBLE], VARCHAR, ([percent]) => percentText(percent!));
  register('harrier_flattened', [VARCHAR, VARCHAR, INTEGER], VARCHAR, ([document, name, longest]) =>
    flattenedOf(document!, name!, longest! < 0 ? null : longest!),
  );
  register('harrier_flattened_values', [VARCHAR, VARCHAR], VARCHAR, ([value, path]) => flattenedValues(value!, path!));
  register('harrier_flattened_groups', [VARCHAR, VARCHAR, VARCHAR], VARCHAR, ([value, path, key]) =>
    flattenedGroups(value!, path!, key === '' ? null : key!),
  );
  register('harrier_source_values', [VARCHAR, VARCHAR], VARCHAR, ([document, name]) => {
    const values = sourceValues(document!, name!);
    return values && JSON.stringify(values);
  });
  register('harrier_geometry', [VARCHAR, BOOLEAN], VARCHAR, ([text, onGlobe]) => normalGeometry(text!, onGlobe!));
  register('harrier_geometry_error', [VARCHAR, BOOLEAN], VARCHAR, ([text, onGlobe]) => geometryError(text!, onGlobe!));
  register('harrier_related', [VARCHAR, VARCHAR, VARCHAR, BOOLEAN], BOOLEAN, ([left, right, relation, onGlobe]) =>
    related(left!, right!, relation!, onGlobe!),
  );
  register('harrier_box', [VARCHAR, BOOLEAN, VARCHAR], DOUBLE, ([text, onGlobe, side]) => {
    const box = boxOf(text!, onGlobe!);
    return box?.[side! as keyof Box] ?? null;
  });
  register('harrier_reach', [VARCHAR, BOOLEAN, VARCHAR], DOUBLE, ([text, onGlobe, side]) => {
    const reach = extentOf(text!, onGlobe!)?.[side! as keyof Extent];
    return reach !== undefined && Number.isFinite(reach) ? reach : null;
  });
  register('harrier_midst', [VARCHAR, BOOLEAN, INTEGER, VARCHAR], DOUBLE, ([text, onGlobe, dimension, part]) => {
    const midst = midstOf(text!, onGlobe!);
    return midst?.dimension === dimension ? midst![part! as 'x' | 'y' | 'weight'] : null;
  });
  register('harrier_simplified', [VARCHAR, DOUBLE, BOOLEAN, BOOLEAN], VARCHAR, ([text, tolerance, inPlace, onGlobe]) =>
    geometryFrom((jts) => (inPlace! ? jts.simplifiedInPlace : jts.simplified)(text!, tolerance!), onGlobe!),
  );
  register('harrier_buffer', [VARCHAR, DOUBLE, VARCHAR], VARCHAR, ([text, distance, options]) =>
    geometryFrom((jts) => jts.buffer(text!, distance!, JSON.parse(options!)), false),
  );
  register('harrier_overlay', [VARCHAR, VARCHAR, VARCHAR], VARCHAR, ([left, right, how]) =>
    geometryFrom((jts) => jts.overlay(left!, right!, how! as Overlay), false),
  );
  register('harrier_dissolved', [VARCHAR], VARCHAR, ([text]) => geometryFrom((jts) => jts.dissolved(text!), false));
  // Points as WKT one behind the other, with nothing in the place of one that is none.
  register('harrier_java_text', [VARCHAR], VARCHAR, ([json]) => javaText(json!));
  register('harrier_domain_part', [VARCHAR, VARCHAR], VARCHAR, ([name, part]) =>
    domainPart(name!, part! as DomainPart),
  );
  register('harrier_points', [VARCHAR], VARCHAR, ([json]) =>
    pointsOfJson(json!)
      .map((point) => point ?? '')
      .join(';'),
  );
  register('harrier_grid', [VARCHAR, DOUBLE, DOUBLE, INTEGER], BIGINT, ([type, x, y, precision]) =>
    gridCell(type!, x!, y!, precision!),
  );
  register('harrier_grid_overlaps', [VARCHAR, BIGINT, VARCHAR], BOOLEAN, ([type, cell, bounds]) => {
    const box = boxOf(bounds!, true);
    return box && boxesOverlap(gridCellBox(type!, cell!), box);
  });
  register('harrier_grid_text', [VARCHAR, BIGINT], VARCHAR, ([type, cell]) => gridText(type!, cell!));
  register('harrier_grid_cell', [VARCHAR, VARCHAR], BIGINT, ([type, text]) => parseGrid(type!, text!));
  register('harrier_grid_outline', [VARCHAR, BIGINT], VARCHAR, ([type, cell]) => gridCellOutline(type!, cell!));
  register('harrier_hash', [VARCHAR, VARCHAR], VARCHAR, ([algorithm, text]) => digest(algorithm!, text!));
  register('harrier_url_decode', [VARCHAR], VARCHAR, ([text]) => decodeUrl(text!));
  register('harrier_from_base64', [VARCHAR], VARCHAR, ([text]) => textOfBase64(text!, 'utf-8'));
  register('harrier_from_base64_utf16', [VARCHAR], VARCHAR, ([text]) => textOfBase64(text!, 'utf-16le'));
  register('harrier_to_ascii', [VARCHAR], VARCHAR, ([text]) => escapeToAscii(text!));
  register('harrier_json_extract', [VARCHAR, VARCHAR], VARCHAR, ([json, path]) => extractJson(json!, path!));
  const replaceBy =
    (shown: (result: string | Error) => string | null) =>
    ([text, pattern, replacement]: readonly never[]): string | null =>
      shown(javaReplace(text!, pattern!, replacement!));
  const three = [VARCHAR, VARCHAR, VARCHAR];
  register(
    'harrier_java_replace',
    three,
    VARCHAR,
    replaceBy((result) => (result instanceof Error ? null : result)),
    { ofPattern: true },
  );
  register(
    'harrier_java_replace_error',
    three,
    VARCHAR,
    replaceBy((result) => (result instanceof Error ? result.message : null)),
    { ofPattern: true },
  );
  register('harrier_network_bits', [VARCHAR], VARCHAR, ([text]) => networkBits(text!));
  register('harrier_cidr_match', [UHUGEINT, VARCHAR], BOOLEAN, ([address, block]) => {
    const range = parseCidr(block!);
    if ('error' in range) throw new Error(`${failedQuery}${range.error}`);
    return address! >= range.low && address! <= range.high;
  });
}
