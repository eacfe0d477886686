import { join, relative } from 'node:path';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { API, type Checker, type Type, TypeFlags } from 'typescript/unstable/sync';
import { expect, it } from 'vitest';

/*
 * Every object inherits members such as `constructor` and `__proto__`, and writing to the latter can change every object
 * of the process. Names that are not known when the code is written therefore stand in a Map, or are looked up with
 * own(). This test checks types: it sees every key that may be any text, and does not see one that a cast gave a
 * narrower type than it has.
 */

const root = join(import.meta.dirname, '..');

/** Places that are right as they are, and why. */
const allowed: Readonly<Record<string, string>> = {
  'src/values/own.ts: object[name]': 'this is own() itself',
  'src/sources/observe-files.ts: structureKinds[structure]': 'DuckDB names its own types',
  'src/store/known-names.ts: bits[mappingType]': 'a mapping takes known types only',
};

const anyText =
  TypeFlags.String | TypeFlags.TemplateLiteral | TypeFlags.StringMapping | TypeFlags.Any | TypeFlags.Unknown;

function mayBeAnyText(type: Type | undefined, checker: Checker): boolean {
  if (!type) return true;
  if (type.isUnionType()) return type.getTypes().some((part) => mayBeAnyText(part, checker));
  if (type.isTypeParameter()) return mayBeAnyText(checker.getBaseConstraintOfType(type), checker);
  return (type.flags & anyText) !== 0;
}

/** The parts of a file in which a name may lead to a member that an object inherits, or set one. */
function suspects(file: Node, checker: Checker): Node[] {
  const found: Node[] = [];
  const keys: [Node, Node][] = [];
  const visit = (node: Node): void => {
    const { kind } = node;
    if (kind === SyntaxKind.ElementAccessExpression) {
      const { argumentExpression } = node as Node & { argumentExpression: Node };
      keys.push([node, argumentExpression]);
    } else if (kind === SyntaxKind.BinaryExpression) {
      const { left, operatorToken } = node as Node & { left: Node; operatorToken: Node };
      if (operatorToken.kind === SyntaxKind.InKeyword) keys.push([node, left]);
    } else if (kind === SyntaxKind.BindingElement) {
      const { propertyName } = node as Node & { propertyName?: Node & { expression?: Node } };
      if (propertyName?.kind === SyntaxKind.ComputedPropertyName) keys.push([node, propertyName.expression!]);
    } else if (kind === SyntaxKind.ForInStatement) {
      found.push(node);
    } else if (kind === SyntaxKind.PropertyAccessExpression) {
      // Object.assign sets members, as an assignment does; a spread defines them.
      if (/^(?:Object\s*\.\s*(?:assign|setPrototypeOf)|Reflect\s*\.\s*(?:get|set|has))$/.test(node.getText()))
        found.push(node);
    }
    node.forEachChild(visit);
  };
  visit(file);
  const types = keys.map(([, key]) => checker.getTypeAtLocation(key));
  return [...found, ...keys.flatMap(([node], i) => (mayBeAnyText(types[i], checker) ? [node] : []))];
}

it('names from outside never lead to members that objects inherit', () => {
  const api = new API({ cwd: root });
  try {
    const configs = ['tsconfig.json', 'src/report/html/page/tsconfig.json'].map((name) => join(root, name));
    const found = api
      .updateSnapshot({ openProjects: configs })
      .getProjects()
      .flatMap(({ program, checker }) =>
        program.getSourceFileNames().flatMap((path) => {
          const name = relative(root, path);
          if (!name.startsWith('src/') || name.endsWith('.test.ts')) return [];
          return suspects(program.getSourceFile(path)!, checker).map(
            (node) => `${name}: ${node.getText().replace(/\s+/g, ' ')}`,
          );
        }),
      );
    expect(found.filter((place) => !Object.hasOwn(allowed, place))).toEqual([]);
  } finally {
    api.close();
  }
});
