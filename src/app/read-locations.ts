import { InputError } from '../diagnostics/diagnostic.ts';
import { describeLocations } from '../engines/duckdb/location-files.ts';
import type { LocationDatabase } from '../values/ip-location.ts';

/** Files in MaxMind's format as databases that queries may name. Throws an InputError. */
export const readLocations = (files: readonly string[]): LocationDatabase[] =>
  files.map((file) => {
    try {
      return describeLocations(file);
    } catch (error) {
      const { message } = error as Error;
      throw new InputError(`${file} cannot be read as a database of locations: ${message}`, 'it must be an .mmdb file');
    }
  });
