import type { FunctionDefinition, Parameter, ScalarFunction } from '../../functions/definition.ts';
import { functions, operators } from '../../functions/table.ts';
import { releasesWith, type Since } from '../../values/release.ts';
import { definitions } from './commands/table.ts';
import { commandName } from './syntax/command-words.ts';

/** What an example gives, as text to show below it; null where there is nothing to run it on. */
export type RunExample = (query: string) => Promise<string | null>;

/** The pages of the language's reference, by file name, made from the tables of commands and functions. */
export async function referencePages(run: RunExample): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  pages.set('commands.md', await commandsPage(run));
  const families = [...new Set(functions.map(({ family }) => family))].sort();
  for (const family of families) {
    const own = functions.filter((definition) => definition.family === family);
    pages.set(`functions-${family.replaceAll(' ', '-')}.md`, await functionsPage(family, own, run));
  }
  pages.set('operators.md', await functionsPage('operator', operators, run));
  pages.set('README.md', indexPage(families));
  return pages;
}

const generated =
  'Made from the tables of commands and functions by `npx vitest run tests/docs --update`; a test runs every example.';

function indexPage(families: readonly string[]): string {
  const links = families.map((family) => {
    const names = functions.filter((definition) => definition.family === family).map(({ name }) => `\`${name}\``);
    return `- [${capital(family)}](functions-${family.replaceAll(' ', '-')}.md): ${names.join(', ')}`;
  });
  const words = definitions.map(({ keyword }) => `\`${commandName(keyword)}\``);
  return [
    '# ES|QL as Harrier runs it',
    generated,
    `- [Commands](commands.md): ${words.join(', ')}`,
    '- [Operators](operators.md)',
    ...links,
    '- [Differences from Elasticsearch](differences.md)',
    '',
  ].join('\n\n');
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

async function commandsPage(run: RunExample): Promise<string> {
  const parts: string[] = ['# Commands', generated];
  for (const { keyword, doc, example, since } of definitions)
    parts.push(`## ${commandName(keyword)}`, doc, ...sinceLine(since), await exampleBlock(example, run));
  return `${parts.join('\n\n')}\n`;
}

async function functionsPage(
  family: string,
  definitions: readonly FunctionDefinition[],
  run: RunExample,
): Promise<string> {
  const parts: string[] = [`# ${family === 'operator' ? 'Operators' : `${capital(family)} functions`}`, generated];
  for (const definition of [...definitions].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name, aliases = [], doc, example, since } = definition;
    parts.push(`## ${name}`, doc, ...sinceLine(since));
    if (family !== 'operator') parts.push(`\`${signature(definition)}\``);
    if (aliases.length > 0) parts.push(`Also ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`);
    if (family !== 'operator') parts.push(...definition.parameters.map(parameterLine));
    if ('options' in definition && definition.options) {
      const options = definition.options.map((option) => `- \`"${option.name}"\` (${option.type}): ${option.doc}`);
      parts.push(`Options, as \`{"name": value}\` behind the arguments:\n\n${options.join('\n')}`);
    }
    parts.push(rule(definition), await exampleBlock(example, run));
  }
  return `${parts.join('\n\n')}\n`;
}

const sinceLine = (since: Since | undefined): string[] => {
  if (since === 'harrier') return ['Harrier’s own: Elasticsearch does not have it.'];
  return since ? [`Elasticsearch ${releasesWith(since)}.`] : [];
};

/** A function as it is called: `ROUND(number, [decimals])`. */
export function signature({ name, parameters }: FunctionDefinition): string {
  const words = parameters.map(({ name: parameter, optional, variadic }) => {
    const word = `${parameter}${variadic ? ', …' : ''}`;
    return optional ? `[${word}]` : word;
  });
  return `${name}(${words.join(', ')})`;
}

const parameterLine = ({ name, accepts, constant }: Parameter): string => {
  const types = accepts.types.filter((type) => type !== 'null');
  return `- \`${name}\`: ${types.join(', ')}${constant ? '; a constant' : ''}`;
};

function rule(definition: FunctionDefinition): string {
  if (definition.kind === 'aggregate') return 'Nulls do not count; of several values each counts.';
  const nulls = (scalar: ScalarFunction): string =>
    scalar.keepsNulls ? 'It has its own rule for nulls.' : 'Null if an argument is null.';
  switch (definition.multivalue) {
    case 'null-and-warn':
      return `${nulls(definition)} Several values give null and a warning.`;
    case 'each':
      return `${nulls(definition)} Of several values each is taken; those that fail are dropped with a warning.`;
    case 'custom':
      return `${nulls(definition)} It takes several values, by a rule of its own.`;
  }
}

async function exampleBlock(example: string, run: RunExample): Promise<string> {
  const answer = await run(example);
  const query = `\`\`\`esql\n${example.replaceAll(' | ', '\n| ')}\n\`\`\``;
  return answer === null ? query : `${query}\n\n${answer}`;
}
