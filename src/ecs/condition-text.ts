import type { Comparison, Condition, Count, Matcher, Scalar } from './mapping.ts';

/** A condition in words: `Event.System.Channel is Security, and EventID is 4624 or 4625`. */
export const conditionText = (condition: Condition): string => joined(condition, ', and ');

function joined(condition: Condition, and: string): string {
  return Object.entries(condition)
    .map(([name, wanted]) => {
      if (name === 'any') return alternatives(wanted as readonly Condition[]);
      if (name === 'not') return `not (${conditionText(wanted as Condition)})`;
      return matcherText(name, wanted as Matcher | Comparison | Count);
    })
    .join(and);
}

function alternatives(conditions: readonly Condition[]): string {
  const texts = conditions.map((one) => joined(one, ' and '));
  return texts.length === 1 ? texts[0]! : `(${texts.join(', or ')})`;
}

function matcherText(name: string, matcher: Matcher | Comparison | Count): string {
  if (typeof matcher !== 'object' || Array.isArray(matcher)) return `${name} is ${oneOf(matcher as Scalar)}`;
  if ('same as' in matcher) return `${name} is the same as ${matcher['same as']}`;
  if ('ends with' in matcher) return `${name} ends with ${matcher['ends with']}`;
  if ('exists' in matcher) return matcher.exists ? `it has ${name}` : `it has no ${name}`;
  if ('not' in matcher) return `${name} is not ${oneOf(matcher.not)}`;
  if ('like' in matcher) return `${name} is like ${oneOf(matcher.like)}`;
  if ('count' in matcher) return `${name} has ${matcher.count} ${matcher.count === 1 ? 'element' : 'elements'}`;
  if ('over' in matcher) return `${name} is over ${matcher.over}`;
  return `${name} is under ${(matcher as { under: number }).under}`;
}

/** `a, b or c`. */
function oneOf(values: Scalar | readonly Scalar[]): string {
  const texts = [values].flat().map(String);
  const last = texts.at(-1)!;
  return texts.length === 1 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}
