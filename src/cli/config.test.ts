import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { loadConfig } from './config.ts';
import { libraryFolders } from './library.ts';

const folder = temporaryFolder();
const file = join(folder, 'harrier.toml');
const written = (text: string): string => {
  writeFileSync(file, text);
  return file;
};

it('takes paths from where the file stands', async () => {
  expect(
    await loadConfig(
      written(
        'libraries = ["hunts", "/opt/hunts"]\nattack = "attack.json"\nmapping = ["own", "/m.yml"]\ntime_field = "ts"\nlookup = ["iocs.csv", "nets=/l/b.csv"]\n',
      ),
    ),
  ).toEqual({
    file,
    libraries: [join(folder, 'hunts'), '/opt/hunts'],
    attack: join(folder, 'attack.json'),
    check: null,
    mappings: [join(folder, 'own'), '/m.yml'],
    timeField: 'ts',
    lists: [join(folder, 'iocs.csv'), 'nets=/l/b.csv'],
    links: [],
    watches: [],
  });
});

it.each([
  ['libaries = ["a"]', 'unknown key libaries', 'did you mean libraries?'],
  ['libraries = "a"', 'libraries must be a list', undefined],
  ['libraries = ["a", 2]', 'libraries[1] must be a text', undefined],
  ['attack = ""', 'attack is empty', undefined],
  ['[[link]]\nname = "x"\nurl = "https://a.example/"', 'link[0].url', expect.stringContaining('{value}')],
  ['[[link]]\nname = "x"\nurl = "javascript:{value}"', 'link[0].url', expect.stringContaining('{value}')],
  ['[[link]]\nname = "x"\nurl = "https://{value}.example/{value}"', 'link[0].url', expect.stringContaining('{value}')],
  ['[check]\nurI = "x"', 'unknown key check.urI', 'did you mean url?'],
  ['libraries = [', 'harrier.toml:1:', undefined],
])('%s', async (text, message, hint) => {
  await expect(loadConfig(written(text))).rejects.toMatchObject({ message: expect.stringContaining(message), hint });
});

it('says which file there is not, and which folder', async () => {
  await expect(loadConfig(join(folder, 'none.toml'))).rejects.toThrow('cannot read');
  const config = written('libraries = ["not-there"]');
  await expect(libraryFolders({ library: [], config })).rejects.toMatchObject({ hint: `it is named in ${file}` });
  mkdirSync(join(folder, 'not-there'));
  expect(await libraryFolders({ library: [folder], config })).toEqual([
    expect.stringMatching(/hunts$/),
    join(folder, 'not-there'),
    folder,
  ]);
});
