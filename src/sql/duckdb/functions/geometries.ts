import type { geometries } from '../../../functions/geometries.ts';
import { type CallOptions, optionOf } from '../../../plan/expression.ts';
import { type Sql, sql, text } from '../../sql.ts';
import { type Representation, single } from '../representation.ts';
import { storageType } from '../storage-type.ts';
import type { CustomContext, SqlFor } from './contract.ts';
import { globe, together } from './spatials.ts';

/* Facts follow from the text, whose words are in capitals; what is made of geometries is a library's work. */

/** A geometry that the library makes of others, with a warning where it cannot. */
function made(geometry: Sql, given: Sql, { warn }: Pick<CustomContext, 'warn'>): Representation {
  const reason = sql`'java.lang.IllegalArgumentException: could not compute with ' || ${given}`;
  return single(sql`coalesce(${geometry}, CASE WHEN ${given} IS NOT NULL THEN ${warn(reason)} END)`);
}

const simplified =
  (inPlace: Sql) =>
  ([value, tolerance]: readonly [Representation, Representation], context: CustomContext<Pair>): Representation => {
    if (context.type === 'null') return single(sql`NULL::${storageType('null')}`);
    const given = together(value);
    const result = sql`harrier_simplified(${given}, (${tolerance.single})::DOUBLE, ${inPlace}, ${globe(context.args)})`;
    return made(result, given, context);
  };

type Pair = (typeof geometries)['ST_INTERSECTION']['parameters'];

const overlay =
  (how: string) =>
  ([a, b]: readonly [Representation, Representation], context: CustomContext<Pair>): Representation => {
    if (context.type === 'null') return single(sql`NULL::${storageType('null')}`);
    const [left, right] = [together(a), together(b)];
    return made(sql`harrier_overlay(${left}, ${right}, ${text(how)})`, sql`(${left} || ' and ' || ${right})`, context);
  };

/** The options of a buffer as JSON, by the names that the library's caller knows. */
function bufferOptions(options: CallOptions | undefined): Sql {
  const number = (name: string): number | undefined => {
    const value = optionOf(options, name);
    return value === undefined ? undefined : Number(value);
  };
  const word = (name: string): string | undefined => {
    const value = optionOf(options, name);
    return value === undefined ? undefined : String(value).toLowerCase();
  };
  return text(
    JSON.stringify({
      ...{ quadSegs: number('quad_segs'), mitreLimit: number('mitre_limit') },
      ...{ endcap: word('endcap'), join: word('join') },
    }),
  );
}

export const geometrySql: SqlFor<typeof geometries> = {
  ST_NPOINTS([value]) {
    const given = together(value);
    // A position is two numbers with a blank between them.
    const positions = sql`len(regexp_extract_all(${given}, '[0-9] [-0-9]'))`;
    return single(sql`(${positions} + 4 * len(regexp_extract_all(${given}, 'BBOX')))::INTEGER`);
  },
  ST_DIMENSION([value]) {
    const given = together(value);
    return single(
      sql`CASE WHEN regexp_matches(${given}, 'POLYGON|BBOX') THEN 2 WHEN contains(${given}, 'LINESTRING') THEN 1 WHEN ${given} IS NOT NULL THEN 0 END::INTEGER`,
    );
  },
  ST_GEOMETRYTYPE([value]) {
    const word = sql`split_part(${together(value)}, ' ', 1)`;
    const names = ['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'];
    const whens = [...names, 'GeometryCollection']
      .map((name) => sql`WHEN ${text(name.toUpperCase())} THEN ${text(`ST_${name}`)}`)
      .reduce((a, b) => sql`${a} ${b}`);
    return single(sql`CASE ${word} ${whens} WHEN 'BBOX' THEN 'ST_Polygon' END`);
  },
  ST_ISEMPTY: ([value]) => single(sql`NOT regexp_matches(${together(value)}, '[0-9]')`),
  ST_SIMPLIFY: simplified(sql`false`),
  ST_SIMPLIFYPRESERVETOPOLOGY: simplified(sql`true`),
  ST_BUFFER([value, distance], context) {
    if (context.type === 'null') return single(sql`NULL::${storageType('null')}`);
    const given = together(value);
    const area = sql`harrier_buffer(${given}, (${distance.single})::DOUBLE, ${bufferOptions(context.options)})`;
    return made(area, given, context);
  },
  ST_INTERSECTION: overlay('intersection'),
  ST_UNION([a, b], context) {
    if (b) return overlay('union')([a, b], context as CustomContext<Pair>);
    if (context.type === 'null') return single(sql`NULL::${storageType('null')}`);
    const given = together(a);
    return made(sql`harrier_dissolved(${given})`, given, context);
  },
  ST_DIFFERENCE: overlay('difference'),
  ST_SYMDIFFERENCE: overlay('symdifference'),
};
