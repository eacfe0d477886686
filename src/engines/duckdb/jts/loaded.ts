import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageFolder } from '../../../package/package-folder.ts';
import { normalGeometry } from '../../../values/geometry.ts';
import type * as Operations from './operations.ts';

let loaded: typeof Operations | null = null;

/** The library of operations on geometries, which is large: loaded when a query first asks for one. */
function jts(): typeof Operations {
  loaded ??= createRequire(import.meta.url)(join(packageFolder(), 'dist', 'jts.cjs')) as typeof Operations;
  return loaded;
}

/** The geometry that an operation gives, in our spelling; null where the library cannot make it. */
export function geometryFrom(operation: (library: typeof Operations) => string, onGlobe: boolean): string | null {
  const library = jts();
  try {
    return normalGeometry(operation(library), onGlobe);
  } catch {
    return null;
  }
}
