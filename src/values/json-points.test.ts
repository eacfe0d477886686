import { expect, it } from 'vitest';
import { pointsOfJson } from './json-points.ts';

it.each([
  ['{"lat": 41.12, "lon": -71.34}', ['POINT (-71.34 41.12)']],
  ['{"lat": "41", "lon": "-71.5"}', ['POINT (-71.5 41.0)']],
  ['{"type": "Point", "coordinates": [-71.34, 41.12]}', ['POINT (-71.34 41.12)']],
  ['"41.12,-71.34"', ['POINT (-71.34 41.12)']],
  ['"POINT (-71.34 41.12)"', ['POINT (-71.34 41.12)']],
  ['[-71.34, 41.12]', ['POINT (-71.34 41.12)']],
  ['[[-71.34, 41.12], {"lat": 1, "lon": 2}, null]', ['POINT (-71.34 41.12)', 'POINT (2.0 1.0)']],
  ['"drm3btev3e86"', [null]],
  ['{"lat": 1}', [null]],
  ['true', [null]],
])('reads %s', (json, points) => {
  expect(pointsOfJson(json)).toEqual(points);
});
