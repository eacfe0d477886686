import { describe, expect, it } from 'vitest';
import { boxOf, boxText, normalGeometry, related } from './geometry.ts';

const square = 'POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (4 4, 6 4, 6 6, 4 6, 4 4))';

describe('geometries', () => {
  it.each([
    ['point(1 2)', 'POINT (1.0 2.0)'],
    ['MULTIPOINT ((1 2), (3.5 4))', 'MULTIPOINT (1.0 2.0, 3.5 4.0)'],
    ['LINESTRING (0 0, 1 1)', 'LINESTRING (0.0 0.0, 1.0 1.0)'],
    ['BBOX (-10, 120, 60, -60)', 'BBOX (-10.0, 120.0, 60.0, -60.0)'],
    [
      'GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))',
      'GEOMETRYCOLLECTION (POINT (1.0 2.0), LINESTRING (0.0 0.0, 1.0 1.0))',
    ],
    ['POLYGON ((0 0, 1 0, 1 1))', null],
    ['POINT (1 2', null],
    ['POINT (1 2) x', null],
    ['POINT (1 91)', null],
    ['CIRCLE (1 2 3)', null],
    ['', null],
  ])('reads %s', (text, normal) => expect(normalGeometry(text, true)).toBe(normal));

  it('knows no bounds on a plane', () =>
    expect(normalGeometry('POINT (1000 -2000)', false)).toBe('POINT (1000.0 -2000.0)'));

  it.each([
    ['POINT (1 1)', square, 'intersects', true],
    ['POINT (0 5)', square, 'within', true],
    ['POINT (5 5)', square, 'intersects', false],
    ['POINT (4 5)', square, 'intersects', true],
    ['POINT (11 5)', square, 'disjoint', true],
    [square, 'POINT (1 1)', 'contains', true],
    ['LINESTRING (-1 5, 11 5)', square, 'intersects', true],
    ['LINESTRING (-1 5, 11 5)', square, 'within', false],
    ['LINESTRING (1 1, 9 1)', square, 'within', true],
    ['LINESTRING (1 5, 9 5)', square, 'within', false],
    ['POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1))', square, 'within', true],
    ['POLYGON ((1 1, 9 1, 9 9, 1 9, 1 1))', square, 'within', false],
    ['POLYGON ((4.5 4.5, 5 4.5, 5 5, 4.5 4.5))', square, 'intersects', false],
    [square, 'POLYGON ((-5 -5, 20 -5, 20 20, -5 20, -5 -5))', 'within', true],
    [square, 'BBOX (9, 30, 30, 9)', 'intersects', true],
    ['LINESTRING (0 0, 2 2)', 'LINESTRING (0 2, 2 0)', 'intersects', true],
    ['LINESTRING (1 1, 2 2)', 'LINESTRING (0 0, 3 3)', 'within', true],
    ['POINT (179 0)', 'BBOX (170, -170, 10, -10)', 'disjoint', false],
    ['nonsense', square, 'intersects', null],
  ] as const)('%s and %s: %s is %s', (a, b, relation, holds) => expect(related(a, b, relation, true)).toBe(holds));

  it('draws boxes', () => {
    expect(boxText(boxOf(square, false)!)).toBe('BBOX (0.0, 10.0, 10.0, 0.0)');
    expect(boxOf('POINT EMPTY', true)).toBeNull();
  });
});
