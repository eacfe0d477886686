import { protocolVersion } from './context.ts';
import { buildHash } from './info.ts';

/** A warning as Elasticsearch's `Warning` header: quoted, with what no header may hold as percent-encoded UTF-8. */
export function warningHeader(warning: string): string {
  const escaped = warning
    .replace(/["\\]/g, (character) => `\\${character}`)
    .replace(/[^\x20-\x7e]|%/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );
  return `299 Elasticsearch-${protocolVersion}-${buildHash} "${escaped}"`;
}
