import { type CallOptions, optionOf } from '../plan/expression.ts';
import type { EsqlType } from '../values/types.ts';
import { type Argument, allValues, familySince, type OptionDefinition } from './definition.ts';
import { geometry, ofTwo, shapeType } from './spatials.ts';

/* What geometries are like, and what is made of them. The values of a row are one geometry. */

const fact = (name: string, type: EsqlType, doc: string) =>
  allValues({
    parameters: [geometry('geometry')],
    returns: () => type,
    doc,
    example: `ROW a = TO_GEOSHAPE("LINESTRING (1 2, 3 5)") | EVAL b = ${name}(a)`,
  });

const number = { types: ['integer', 'long', 'double', 'null'] as const, text: 'double, long or integer' };

const simplified = (name: string, doc: string) =>
  allValues({
    parameters: [geometry('geometry'), { name: 'tolerance', accepts: number, constant: true }],
    returns([value, tolerance]) {
      if (value.type === 'null' || tolerance.type === 'null') return 'null';
      return Number(tolerance.value) < 0 ? { error: 'tolerance must not be negative' } : value.type;
    },
    doc,
    example: `ROW a = TO_GEOSHAPE("LINESTRING (1 2, 2 2.1, 3 2)") | EVAL b = ${name}(a, 0.5)`,
  });

const together = (name: string, doc: string) =>
  allValues({
    parameters: [geometry('geomA'), geometry('geomB')],
    returns: ofShapes,
    doc,
    example: `ROW a = TO_GEOSHAPE("BBOX (0, 2, 2, 0)"), b = TO_GEOSHAPE("BBOX (1, 3, 3, 1)") | EVAL c = ${name}(a, b)`,
  });

function ofShapes([left, right]: readonly [Argument, Argument], call: string): EsqlType | { error: string } {
  if (left.type === 'null' || right.type === 'null') return 'null';
  return ofTwo(shapeType([left]))([left, right], call);
}

const bufferOptions: readonly OptionDefinition[] = [
  { name: 'quad_segs', type: 'number', doc: 'How many edges a quarter of a circle has: 8, if nothing else is said.' },
  { name: 'endcap', type: 'text', doc: 'How lines end: round (the default), flat or square.' },
  { name: 'join', type: 'text', doc: 'How edges meet: round (the default), mitre or bevel.' },
  { name: 'mitre_limit', type: 'number', doc: 'How far a mitre may reach, in distances: 5, if nothing else is said.' },
];

/** More edges than anybody can see, and still little work. */
const mostEdges = 1000;

function bufferError(options: CallOptions): string | null {
  const edges = optionOf(options, 'quad_segs');
  if (edges !== undefined && !(Number(edges) >= 1 && Number(edges) <= mostEdges))
    return `invalid quad_segs [${edges}], expecting a number between 1 and ${mostEdges}`;
  for (const [name, words] of [
    ['endcap', ['round', 'flat', 'butt', 'square']],
    ['join', ['round', 'mitre', 'miter', 'bevel']],
  ] as const) {
    const word = optionOf(options, name);
    if (word !== undefined && !words.some((known) => known === String(word).toLowerCase()))
      return `invalid ${name} [${word}], expecting one of [${words.join(', ')}]`;
  }
  return null;
}

const releases = {
  '9.4': [
    ...(['ST_NPOINTS', 'ST_DIMENSION', 'ST_GEOMETRYTYPE', 'ST_ISEMPTY'] as const),
    ...(['ST_SIMPLIFY', 'ST_SIMPLIFYPRESERVETOPOLOGY', 'ST_BUFFER'] as const),
  ],
  '9.5': ['ST_INTERSECTION', 'ST_UNION', 'ST_DIFFERENCE', 'ST_SYMDIFFERENCE'],
} as const;

export const geometries = familySince('spatial', releases, {
  ST_NPOINTS: fact('ST_NPOINTS', 'integer', 'The number of positions in a geometry; a box has four.'),
  ST_DIMENSION: fact('ST_DIMENSION', 'integer', 'Two for areas, one for lines, nothing for points.'),
  ST_GEOMETRYTYPE: fact('ST_GEOMETRYTYPE', 'keyword', 'What a geometry is, such as ST_Polygon.'),
  ST_ISEMPTY: fact('ST_ISEMPTY', 'boolean', 'Whether there is nothing in a geometry.'),
  ST_SIMPLIFY: simplified(
    'ST_SIMPLIFY',
    'A geometry with fewer corners, none of the others further from it than a distance.',
  ),
  ST_SIMPLIFYPRESERVETOPOLOGY: simplified(
    'ST_SIMPLIFYPRESERVETOPOLOGY',
    'The same, but that no line crosses another and no area is lost.',
  ),
  ST_BUFFER: allValues({
    parameters: [geometry('geometry'), { name: 'distance', accepts: number, constant: true }],
    options: bufferOptions,
    checkOptions: bufferError,
    returns: ([value, distance]) => (distance.type === 'null' ? 'null' : shapeType([value])),
    doc: 'The area within a distance of a geometry, in the units of its coordinates.',
    example: 'ROW a = TO_CARTESIANSHAPE("BBOX (0, 10, 10, 0)") | EVAL b = ST_BUFFER(a, -2)',
  }),
  ST_INTERSECTION: together('ST_INTERSECTION', 'What two geometries have in common.'),
  ST_UNION: allValues({
    parameters: [geometry('geomA'), { ...geometry('geomB'), optional: true }],
    returns: ([left, right], call) => (right ? ofShapes([left, right], call) : shapeType([left])),
    doc: 'Two geometries as one, or all values of a row.',
    example: 'ROW a = TO_GEOSHAPE("BBOX (0, 2, 2, 0)"), b = TO_GEOSHAPE("BBOX (1, 3, 3, 1)") | EVAL c = ST_UNION(a, b)',
  }),
  ST_DIFFERENCE: together('ST_DIFFERENCE', 'What the first geometry has and the second has not.'),
  ST_SYMDIFFERENCE: together('ST_SYMDIFFERENCE', 'What one of two geometries has and the other has not.'),
});
