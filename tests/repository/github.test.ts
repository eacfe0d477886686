import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

/* Workflows and forms of issues, as far as they can be checked without the service that reads them. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'), { uniqueKeys: true });
const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`);
const { scripts, engines, bin } = read('package.json') as {
  scripts: Record<string, string>;
  engines: { node: string };
  bin: Record<string, string>;
};

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: string;
}
interface Job {
  readonly 'runs-on': string;
  readonly strategy?: { readonly matrix: { readonly os: string[]; readonly node: number[] } };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = filesOf('.github/workflows').map((path) => [path, read(path) as Workflow] as const);
const jobs = workflows.flatMap(([path, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => [`${path} ${name}`, job] as const),
);
const runsOnWindows = (job: Job): boolean => job.strategy?.matrix.os.some((os) => os.startsWith('windows')) ?? false;

describe.each(jobs)('the job %s', (_, job) => {
  const commands = job.steps.flatMap(({ run }) => (run ?? '').split('\n')).map((line) => line.trim());

  it('has steps that either use an action of a fixed version or run something', () => {
    for (const step of job.steps) {
      expect([step.uses, step.run].filter((one) => one !== undefined)).toHaveLength(1);
      if (step.uses) expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@v\d+(\.\d+)*$|@[0-9a-f]{40}$/);
      for (const key of Object.keys(step)) expect(['name', 'uses', 'run', 'with', 'env', 'shell']).toContain(key);
    }
  });

  it('runs scripts of the package and files that there are', () => {
    const named = commands.flatMap((line) => /^npm run (?:--\S+ )*([\w:-]+)/.exec(line)?.[1] ?? []);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    const files = commands.flatMap((line) => /^(\.[\w./-]*\/[\w./-]+)/.exec(line)?.[1] ?? []);
    for (const file of files) accessSync(join(root, file), constants.X_OK);
    const own = commands.flatMap((line) => /^npx ([\w-]+)/.exec(line)?.[1] ?? []);
    expect(own.filter((name) => !Object.hasOwn(bin, name))).toEqual([]);
  });

  it('names contexts that there are', () => {
    const contexts = [...JSON.stringify(job).matchAll(/\$\{\{\s*([^}]*?)\s*\}\}/g)].map(([, text]) => text!);
    const matrix = Object.keys(job.strategy?.matrix ?? {}).map((name) => `matrix.${name}`);
    const known = [...matrix, 'secrets.NPM_TOKEN', 'github.token'];
    expect(contexts.filter((text) => !known.includes(text))).toEqual([]);
  });

  it.runIf(runsOnWindows(job))('uses nothing on Windows that only a shell of Unix has', () => {
    for (const line of commands.filter((one) => one !== '')) {
      expect(line).toMatch(/^(?:npm|npx|node) /);
      expect(line).not.toMatch(/['`$|<>&;*\\]/);
    }
  });
});

describe('the workflows together', () => {
  it('allow themselves to read, and only the release to write', () => {
    for (const [path, workflow] of workflows) {
      expect([path, workflow.permissions]).toEqual([path, { contents: 'read' }]);
      for (const { permissions } of Object.values(workflow.jobs))
        if (permissions) expect(path).toBe('.github/workflows/release.yml');
    }
  });

  it('try every system, and every release of Node from the oldest that the package allows', () => {
    const { matrix } = jobs.find(([, job]) => job.strategy)![1].strategy!;
    expect(matrix.os.map((os) => os.replace(/-.*/, '')).sort()).toEqual(['macos', 'ubuntu', 'windows']);
    expect(Math.min(...matrix.node)).toBe(Number(/\d+/.exec(engines.node)![0]));
    const tried = [...readFileSync(join(root, '.ci/run'), 'utf8').matchAll(/for version in ([\d ]+);/g)];
    expect(tried[0]![1]!.split(' ').map(Number)).toEqual(matrix.node);
  });

  it('release by a tag, after the whole check', () => {
    const { on, jobs } = read('.github/workflows/release.yml') as Workflow;
    expect(on).toEqual({ push: { tags: ['v*'] } });
    const runs = Object.values(jobs)[0]!.steps.map(({ run }) => run ?? '');
    const at = (part: string): number => runs.findIndex((run) => run.includes(part));
    expect(at('.ci/run')).toBeGreaterThan(at('package.json'));
    expect(at('npm publish')).toBeGreaterThan(at('.ci/run'));
    expect(Object.values(jobs)[0]!.permissions).toHaveProperty('id-token', 'write');
  });
});

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly {
    readonly type: string;
    readonly id: string;
    readonly attributes: { readonly label: string };
    readonly validations?: { readonly required: boolean };
  }[];
}

describe.each(filesOf('.github/ISSUE_TEMPLATE').filter((path) => !path.endsWith('config.yml')))(
  'the form %s',
  (path) => {
    const form = read(path) as Form;
    it('has a name, a description, and fields of known types, each once', () => {
      expect(form.name.length * form.description.length).toBeGreaterThan(0);
      const ids = form.body.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { type, id, attributes, validations } of form.body) {
        expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
        expect(id).toMatch(/^[a-z][\w-]*$/);
        expect(attributes.label).not.toBe('');
        if (validations) expect(typeof validations.required).toBe('boolean');
      }
      expect(form.body.some(({ validations }) => validations?.required)).toBe(true);
    });
    it('asks for commands that there are', () => {
      const asked = [...JSON.stringify(form).matchAll(/harrier ([a-z]+)/g)].map(([, name]) => name!);
      for (const name of asked) expect(existsSync(join(root, `src/cli/${name}.ts`))).toBe(true);
    });
  },
);
