import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseExactJson } from '../../src/values/exact-json.ts';
import type { Answer } from './compare.ts';
import { datasetOf } from './datasets.ts';

const program = fileURLToPath(new URL('../../dist/harrier.js', import.meta.url));

/** Harrier's server on a store of its own, which gets each data set of the suite when a case first needs it. */
export class SpecServer {
  readonly #loaded = new Map<string, boolean>();

  private constructor(
    private readonly files: ReadonlyMap<string, string>,
    private readonly child: ChildProcess,
    private readonly store: string,
    private readonly url: string,
  ) {}

  static async start(files: ReadonlyMap<string, string>): Promise<SpecServer> {
    const store = mkdtempSync(join(tmpdir(), 'csv-spec-'));
    const child = spawn(process.execPath, [program, 'serve', '--store', store, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        const found = /https?:\/\/[^\s]+/.exec(String(chunk));
        if (found) resolve(found[0].replace(/\/$/, ''));
      });
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    return new SpecServer(files, child, store, url);
  }

  /** Loads what a query names; true when something of it is not to be had. */
  async load(patterns: readonly string[], query: string): Promise<boolean> {
    const names = patterns.flatMap((pattern) => this.#indicesLike(pattern.replace(/::\w+$/, '')));
    let missing = false;
    for (const name of names) missing = !(await this.#loadOnce(name, () => this.#loadIndex(name))) || missing;
    for (const [, policy] of query.matchAll(/\benrich\s+(?:_\w+:)?"?([\w-]+)/gi))
      missing = !(await this.#loadOnce(`policy ${policy}`, () => this.#loadPolicy(policy!))) || missing;
    return missing;
  }

  async ask(query: string): Promise<Answer> {
    const { status, json, warnings } = await this.#call('POST', '/_query', JSON.stringify({ query }));
    const answer = json as {
      error?: { reason?: string };
      columns?: Answer['columns'];
      values?: Answer['values'];
    };
    const { columns = [], values = [], error } = answer;
    const reason = status < 400 ? '' : (error?.reason ?? `${status}`);
    return { status, reason, columns, values, warnings };
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.store, { recursive: true, force: true });
  }

  /** The data sets that a pattern may mean. */
  #indicesLike(pattern: string): string[] {
    if (!pattern.includes('*')) return [pattern];
    const known = [...this.files.keys()].flatMap((file) => /^(.*)\.csv$/.exec(file)?.[1]?.replaceAll('-', '_') ?? []);
    const matches = new RegExp(`^${pattern.replace(/[.+^$()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
    return known.filter((name) => matches.test(name));
  }

  async #loadOnce(name: string, load: () => Promise<boolean>): Promise<boolean> {
    if (!this.#loaded.has(name)) this.#loaded.set(name, await load());
    return this.#loaded.get(name)!;
  }

  async #loadIndex(index: string): Promise<boolean> {
    const view = this.files.get(`${index}.esql`);
    if (view !== undefined) {
      const query = readFileSync(view, 'utf8');
      for (const [, name] of query.matchAll(/\b(?:from|join)\s+([\w*-]+)/gi)) await this.load([name!], '');
      return (await this.#call('PUT', `/_query/view/${index}`, JSON.stringify({ query }))).status < 300;
    }
    const dataset = datasetOf(index, this.files);
    if (!dataset) return false;
    const settings = dataset.mode === null ? {} : { settings: { index: { mode: dataset.mode } } };
    const made = await this.#call('PUT', `/${index}`, JSON.stringify({ mappings: dataset.mappings, ...settings }));
    if (made.status >= 300) return this.#notLoaded(index, made.json);
    const lines = dataset.documents.map(
      ({ id, source }) => `${JSON.stringify({ index: id === null ? {} : { _id: id } })}\n${JSON.stringify(source)}\n`,
    );
    if (lines.length === 0) return true;
    const sent = await this.#call('POST', `/${index}/_bulk?refresh=true`, lines.join(''), 'application/x-ndjson');
    const { errors, items } = sent.json as { errors?: boolean; items?: unknown[] };
    return (
      errors === false ||
      this.#notLoaded(
        index,
        items?.find((item) => JSON.stringify(item).includes('"error"')),
      )
    );
  }

  async #loadPolicy(name: string): Promise<boolean> {
    const file = this.files.get(`enrich-policy-${name.replace(/_policy$/, '')}.json`);
    if (file === undefined) return false;
    const policy = readFileSync(file, 'utf8');
    const [, indices] = /"indices"\s*:\s*\[?\s*"([^"]+)"/.exec(policy) ?? [];
    if (indices !== undefined) await this.load([indices], '');
    await this.#call('PUT', `/_enrich/policy/${name}`, policy);
    return (await this.#call('PUT', `/_enrich/policy/${name}/_execute`)).status < 300;
  }

  #notLoaded(index: string, why: unknown): false {
    console.error(`csv-spec: ${index} is not loaded: ${JSON.stringify(why).slice(0, 300)}`);
    return false;
  }

  async #call(
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
  ): Promise<{ status: number; json: unknown; warnings: string[] }> {
    const init = body === undefined ? {} : { body, headers: { 'content-type': type } };
    const response = await fetch(this.url + path, { method, ...init, signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    const header = response.headers.get('warning') ?? '';
    const warnings = [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, one]) =>
      one!.replace(/\\(.)/g, '$1'),
    );
    return { status: response.status, json: text === '' ? {} : parseExactJson(text), warnings };
  }
}
