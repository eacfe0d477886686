import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packageFolder } from '../../package/package-folder.ts';

export interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
  /** Whether its name changes with what it holds. */
  readonly isFixed: boolean;
}

const types = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** The files of the page, held in memory: no request reaches the file system. By path. */
export async function loadAssets(
  folder = join(packageFolder(), 'dist', 'workbench'),
): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const name of await readdir(folder)) {
    const type = types.get(extname(name));
    if (type === undefined) continue;
    const plain = await readFile(join(folder, name));
    const packed = await promisify(gzip)(plain, { level: 9 });
    const isFixed = /-[A-Z0-9]{8}\.\w+$/.test(name);
    assets.set(name === 'index.html' ? '/' : `/${name}`, { type, plain, packed, isFixed });
  }
  return assets;
}
