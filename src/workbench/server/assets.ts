import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
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
  const names = (await readdir(folder)).filter((name) => types.has(extname(name)));
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, Asset]> => {
        // They are packed when they are built.
        const [plain, packed] = await Promise.all(['', '.gz'].map((end) => readFile(join(folder, `${name}${end}`))));
        const isFixed = /-[A-Z0-9]{8}\.\w+$/.test(name);
        const asset = { type: types.get(extname(name))!, plain: plain!, packed: packed!, isFixed };
        return [name === 'index.html' ? '/' : `/${name}`, asset];
      }),
    ),
  );
}
