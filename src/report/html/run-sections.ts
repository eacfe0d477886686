import type { BadLine, IgnoredValue, LoadReport } from '../../sources/load-report.ts';
import { count, humanBytes } from '../../values/quantities.ts';
import type { Provenance, RunReport } from '../report.ts';
import { type Html, html } from './markup.ts';
import { code, phrase, timeText } from './prose.ts';

/** What was read, and what could not be. */
export function dataSection(load: LoadReport | null): Html {
  if (load === null)
    return html`<section class="run" id="data"><h2>Data</h2><p>No files were read: the events lie in a store or a cluster.</p></section>`;
  const { files, bytes, events, fromCache, malformed, ignored, notes } = load;
  return html`<section class="run" id="data">
<h2>Data</h2>
<dl class="facts">
<div><dt>Events</dt><dd>${events.toLocaleString('en')}</dd></div>
<div><dt>Files</dt><dd>${count(files, 'file')}, ${humanBytes(bytes)}${fromCache && html` <span class="muted">(read before, and kept)</span>`}</dd></div>
<div><dt>Malformed</dt><dd>${malformed.count === 0 ? 'none' : count(malformed.count, 'line')}</dd></div>
<div><dt>Values ignored</dt><dd>${ignored.count === 0 ? 'none' : count(ignored.count, 'value')}</dd></div>
</dl>
${notes.map((note) => html`<p class="callout note"><b>Note</b> ${phrase(note)}</p>`)}
${malformed.first.length > 0 && malformedLines(malformed.first, malformed.count)}
${ignored.first.length > 0 && ignoredValues(ignored.first, ignored.count)}
</section>`;
}

function malformedLines(first: readonly BadLine[], all: number): Html {
  return html`<details><summary>Lines that could not be read as an event <span class="muted">${first.length.toLocaleString('en')} of ${all.toLocaleString('en')}</span></summary>
<div class="scroll"><table class="plain"><thead><tr><th>Where</th><th>Why</th><th>What stands there</th></tr></thead>
<tbody>${first.map(({ file, line, reason, preview }) => html`<tr><td>${file}:${line}</td><td>${reason}</td><td><code>${preview}</code></td></tr>`)}</tbody></table></div></details>`;
}

function ignoredValues(first: readonly IgnoredValue[], all: number): Html {
  return html`<details><summary>Values that do not fit their field and read as null <span class="muted">${first.length.toLocaleString('en')} of ${all.toLocaleString('en')}</span></summary>
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
