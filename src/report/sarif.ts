import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding, Rule, Severity } from '../hunts/lint/finding.ts';
import { own } from '../values/own.ts';
import { shown } from './findings.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  advice: 'note',
};

/** Findings as SARIF 2.1.0, for code scanning: one run, every rule that found something, a region for each finding. */
export function* sarif(
  findings: readonly Finding[],
  rules: Readonly<Record<string, Rule>>,
  version: string,
): Iterable<string> {
  const ids = [...new Set(findings.map(({ rule }) => rule))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Harrier', version, rules: ids.map((id) => ruleOf(id, own(rules, id)!)) } },
        columnKind: 'unicodeCodePoints',
        results: findings.map((finding) => resultOf(finding, ids)),
      },
    ],
  };
  yield `${JSON.stringify(log, null, 2)}\n`;
}

const ruleOf = (id: string, { about, severity }: Rule): object => ({
  id,
  name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
  shortDescription: { text: about },
  fullDescription: { text: about },
  help: { text: about },
  defaultConfiguration: { level: levels[severity] },
});

function resultOf(finding: Finding, ids: readonly string[]): object {
  const { rule, severity, file, line, column, endLine, endColumn, message, hint } = finding;
  // A region that ends where it begins shows nothing.
  const end = endLine > line || endColumn > column ? { endLine, endColumn } : {};
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: levels[severity],
    message: { text: hint === null ? message : `${message}\n${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, ...end },
        },
      },
    ],
  };
}

/** Relative to the current folder, which is the checkout where findings are uploaded; else a file URI. */
function uriOf(file: string): string {
  const path = shown(file);
  return path === file ? pathToFileURL(file).href : path.split(sep).map(encodeURIComponent).join('/');
}
