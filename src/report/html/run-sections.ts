import {
  type BadLine,
  type FileReport,
  filesRead,
  type IgnoredValue,
  type LoadReport,
} from '../../files/load-report.ts';
import { count, humanBytes } from '../../values/quantities.ts';
import type { Provenance, RunReport } from '../report.ts';
import { type Html, html } from './markup.ts';
import { code, phrase, timeText } from './prose.ts';

/** What was read, and what could not be. */
export function dataSection(load: LoadReport | null): Html {
  if (load === null)
    return html`<section class="run" id="data"><h2>Data</h2><p>No files were read: the events lie in a store or a cluster.</p></section>`;
  const { files, bytes, events, fromCache, malformed, ignored, duplicates, notes } = load;
  const read = filesRead(load);
  const found = read < files.length && html` <span class="muted">of ${files.length.toLocaleString('en')} found</span>`;
  return html`<section class="run" id="data">
<h2>Data</h2>
<dl class="facts">
<div><dt>Events</dt><dd>${events.toLocaleString('en')}</dd></div>
<div><dt>Files</dt><dd>${count(read, 'file')}, ${humanBytes(bytes)}${found}${fromCache && html` <span class="muted">(from the cache)</span>`}</dd></div>
<div><dt>Malformed</dt><dd>${malformed.count === 0 ? 'none' : count(malformed.count, 'line')}</dd></div>
<div><dt>Values ignored</dt><dd>${ignored.count === 0 ? 'none' : count(ignored.count, 'value')}</dd></div>
${duplicates.count > 0 && html`<div><dt>Members not read</dt><dd>${count(duplicates.count, 'event')}</dd></div>`}
</dl>
${notes.map((note) => html`<p class="callout note"><b>Note</b> ${phrase(note)}</p>`)}
${fileTable(
  'Files that were not read to the end',
  files.filter((file) => file.read !== 'all'),
  true,
)}
${fileTable(
  'Files that were read',
  files.filter((file) => file.read === 'all'),
  false,
)}
${lineTable('Lines that could not be read as an event', malformed)}
${lineTable('Events with a member that was not read or is oddly named', duplicates)}
${ignored.first.length > 0 && ignoredValues(ignored.first, ignored.count)}
</section>`;
}

function fileTable(title: string, files: readonly FileReport[], isOpen: boolean): Html | null {
  if (files.length === 0) return null;
  return html`<details${isOpen && html` open`}><summary>${title} <span class="muted">${files.length.toLocaleString('en')}</span></summary>
<div class="scroll"><table class="plain"><thead><tr><th>File</th><th>Read</th><th>Format</th><th>Index</th><th class="number">Events</th><th>Why</th></tr></thead>
<tbody>${files.map(({ path, read, format, indices, events, reason }) => html`<tr><td>${path}</td><td>${read}</td><td>${format}</td><td>${indices.map(([name]) => name).join(', ')}</td><td class="number">${events.toLocaleString('en')}</td><td>${reason}</td></tr>`)}</tbody></table></div></details>`;
}

function lineTable(title: string, { first, count: all }: LoadReport['malformed']): Html | null {
  if (first.length === 0) return null;
  return html`<details><summary>${title} ${shownOf(first, all)}</summary>
<div class="scroll"><table class="plain"><thead><tr><th>Where</th><th>Why</th><th>What stands there</th></tr></thead>
<tbody>${first.map(({ file, line, reason, preview }: BadLine) => html`<tr><td>${file}:${line}</td><td>${reason}</td><td><code>${preview}</code></td></tr>`)}</tbody></table></div></details>`;
}

const shownOf = ({ length }: readonly unknown[], all: number): Html =>
  html`<span class="muted">${length.toLocaleString('en')} of ${all.toLocaleString('en')}</span>`;

function ignoredValues(first: readonly IgnoredValue[], all: number): Html {
  return html`<details><summary>Values that do not fit their field and read as null ${shownOf(first, all)}</summary>
<div class="scroll"><table class="plain"><thead><tr><th>Where</th><th>Field</th><th>Type</th><th>Value</th></tr></thead>
<tbody>${first.map(({ file, line, field, type, preview }) => html`<tr><td>${file}:${line}</td><td><code>${field}</code></td><td>${type}</td><td><code>${preview}</code></td></tr>`)}</tbody></table></div></details>`;
}

/** How to get the same answers again, and how to know that it is the same data. */
export function provenanceSection({ now, engine, provenance }: RunReport): Html {
  return html`<section class="run" id="again">
<h2>How to do it again</h2>
${provenance && code(provenance.command)}
<dl class="facts">
<div><dt>As of</dt><dd>${timeText(now)} <code>--now ${now.toISOString()}</code></dd></div>
<div><dt>Engine</dt><dd>${engine}</dd></div>
${provenance && html`<div><dt>Version</dt><dd>Harrier ${provenance.version}</dd></div>`}
</dl>
${provenance && provenance.files.length > 0 && dataFiles(provenance.files)}
</section>`;
}

function dataFiles(files: Provenance['files']): Html {
  return html`<details${files.length <= 20 && html` open`}><summary>Data files <span class="muted">${files.length.toLocaleString('en')}</span></summary>
<div class="scroll"><table class="plain"><thead><tr><th>File</th><th class="number">Bytes</th><th>SHA-256</th></tr></thead>
<tbody>${files.map(({ path, bytes, sha256 }) => html`<tr><td>${path}</td><td class="number">${bytes.toLocaleString('en')}</td><td><code>${sha256}</code></td></tr>`)}</tbody></table></div></details>`;
}
