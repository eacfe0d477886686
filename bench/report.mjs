// What is printed and kept of a run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './measure.mjs';

const require = createRequire(import.meta.url);
const versionOf = (name) => {
  try {
    return JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;
  } catch {
    return null;
  }
};

function machine() {
  return {
    processors: `${cpus().length} × ${cpus()[0].model.trim()}`,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
  };
}

function versions() {
  const commit = (() => {
    try {
      return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
        cwd: import.meta.dirname,
        encoding: 'utf8',
      }).trim();
    } catch {
      return null;
    }
  })();
  return {
    harrier: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
    commit,
    node: process.versions.node,
    duckdb: versionOf('@duckdb/node-api'),
    chdb: versionOf('chdb'),
  };
}

export function printHeading({ events }) {
  const { processors, gigabytes } = machine();
  const told = Object.entries(versions())
    .filter(([, version]) => version !== null)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  console.log(`about ${events.toLocaleString('en')} events, ${processors}, ${gigabytes} GiB, ${told}`);
}

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3));

/** Prints rows, objects with the same keys, as aligned columns under their names. */
function table(rows) {
  const names = [...new Set(rows.flatMap(Object.keys))];
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const [heading, ...body] = lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  console.log([heading, widths.map((width) => '─'.repeat(width)).join('  '), ...body].join('\n'));
}

/** A table of the medians: contestants side by side with how many times their time Harrier takes, or one to a line. */
export function printWorkload({ title, sideBySide }, measured) {
  if (measured.all.length === 0) return;
  console.log(`\n${title}`);
  if (sideBySide) {
    const rows = {};
    for (const { what, who, unit, values } of measured.all) {
      rows[what] ??= { what };
      const ratio = who === 'Harrier' ? null : measured.ratio([[what, 'Harrier']], [[what, who]]);
      rows[what][`${who}, ${unit}`] =
        ratio === null ? digits(median(values)) : `${digits(median(values))} (${ratio.toFixed(2)})`;
    }
    table(Object.values(rows));
    const peaks = {};
    for (const { who, megabytes } of measured.all) peaks[who] = Math.max(peaks[who] ?? 0, Math.round(megabytes));
    console.log(
      `in brackets: Harrier’s time as a multiple of it. Peak MB: ${Object.entries(peaks)
        .map(([who, megabytes]) => `${who} ${megabytes}`)
        .join(', ')}`,
    );
    return;
  }
  table(
    measured.all.map(({ what, who, unit, values, cpus, megabytes }) => ({
      what,
      who,
      median: `${digits(median(values))} ${unit}`,
      'min–max': `${digits(Math.min(...values))}–${digits(Math.max(...values))}`,
      CPU: cpus.includes(null) ? '' : `${digits(median(cpus))} ${unit}`,
      'peak MB': megabytes === null ? '' : Math.round(megabytes),
    })),
  );
}

const isMet = ({ value, most, least }) => {
  if (value === null || (most === undefined && least === undefined)) return null;
  return most === undefined ? value >= least : value <= most;
};

export function printDemands(demands) {
  const known = demands.filter(({ value }) => value !== null);
  if (known.length === 0) return;
  console.log('');
  table(
    known.map((demand) => ({
      'must hold': demand.name,
      measured: digits(demand.value),
      'by CPU time': demand.byCpu === null ? '' : digits(demand.byCpu),
      target: demand.most !== undefined ? `≤ ${demand.most}` : demand.least !== undefined ? `≥ ${demand.least}` : '',
      verdict: { true: 'met', false: 'MISSED', null: '' }[String(isMet(demand))],
    })),
  );
}

/** Writes everything as JSON, by the time of the run. */
export function save(folder, { context: { events, now, data }, rounds, measured, demands, wrong }) {
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const path = join(folder, `${at.slice(0, 19).replaceAll(':', '')}-${events}.json`);
  const figures = measured.all.map((figure) => ({ ...figure, median: median(figure.values) }));
  const judged = demands.map((demand) => ({ ...demand, met: isMet(demand) }));
  const all = {
    at,
    machine: machine(),
    versions: versions(),
    events,
    data: data.facts,
    rounds,
    now,
    figures,
    demands: judged,
    wrong,
  };
  writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`\nkept in ${path}`);
}
