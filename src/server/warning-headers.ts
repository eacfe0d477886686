import type { FastifyReply } from 'fastify';
import type { Store } from '../store/store.ts';
import { protocolVersion } from './context.ts';
import { buildHash } from './info.ts';

/** What clients take of headers in all is often 16 KB. */
const mostBytes = 8192;

/** Warnings as headers, each once; where they are more than clients take, the last one says how many are left out. */
export function warningHeaders(warnings: readonly string[]): string[] {
  const headers: string[] = [];
  const distinct = [...new Set(warnings)];
  let bytes = 0;
  for (const [i, warning] of distinct.entries()) {
    const header = warningHeader(warning);
    bytes += header.length;
    if (bytes > mostBytes) {
      headers.push(warningHeader(`${distinct.length - i} more warnings do not fit into the headers`));
      break;
    }
    headers.push(header);
  }
  return headers;
}

/** Warns of acknowledged documents that an answer may lack. */
export function warnOfUnseen(reply: FastifyReply, { unseen }: Pick<Store, 'unseen'>): void {
  if (unseen !== null) reply.header('warning', warningHeaders([unseen]));
}

/** A warning as Elasticsearch's `Warning` header: quoted, with what no header may hold as percent-encoded UTF-8. */
function warningHeader(warning: string): string {
  const escaped = warning
    .replace(/["\\]/g, (character) => `\\${character}`)
    .replace(/[^\x20-\x7e]|%/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );
  return `299 Elasticsearch-${protocolVersion}-${buildHash} "${escaped}"`;
}
