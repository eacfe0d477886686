import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package, wherever its modules were put by a bundler: the one with the mappings. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'mappings')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
