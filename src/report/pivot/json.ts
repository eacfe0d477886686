import type { PivotFormat } from './formats.ts';

/** One JSON document, with names in snake_case, and every digit of whole numbers. */
export const json: PivotFormat = function* (pivot) {
  yield `${written(pivot, '')}\n`;
};

function written(value: unknown, indent: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => written(item, deeper))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => `${JSON.stringify(snakeCase(name))}: ${written(item, deeper)}`);
  if (parts.length === 0) return isList ? '[]' : '{}';
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const flat = isList && value.every((item) => typeof item !== 'object' || item === null);
  if (flat) return `[${parts.join(', ')}]`;
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
