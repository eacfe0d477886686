import { isUtf8 } from 'node:buffer';
import type { Importer } from '../importer.ts';
import { DocumentWriter } from '../json/document-writer.ts';
import { EventWriter } from './event-writer.ts';
import { BrokenXml, XmlTree } from './xml-tree.ts';

const closing = '</Event>';
const opening = '<Event';
/** How much of an event that cannot be read is shown. */
const previewBytes = 1000;

/** What may stand around events: the list of them, declarations, comments, and the head of evtxexport's output. */
const around = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<\/?Events(?:\s[^<>]*)?>|\ufeff|^evtxexport \d+$/gm;

const namespace = 'schemas.microsoft.com/win/2004/08/events/event';

/** Events of Windows in XML, as wevtutil, Get-WinEvent, the Event Viewer and evtxexport write them. */
export const eventXml: Importer<null> = {
  name: 'event-xml',
  kind: 'text',
  detect(head) {
    const from = nextEvent(head, 0);
    if (from < 0) return null;
    const begin = head.toString('utf8', 0, from).replaceAll(around, '');
    const tag = head.toString('latin1', from, from + previewBytes);
    const isEvent = tag.includes(namespace) || /^<Event\s*>\s*<System\b/.test(tag);
    return begin.trim() === '' && isEvent ? { label: 'Windows event XML', plan: null } : null;
  },
  cutter: () => ({
    take(bytes, isEnd) {
      if (isEnd) return { length: bytes.length, plan: null };
      const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(closing, undefined, 'latin1');
      return { length: found < 0 ? 0 : found + closing.length, plan: null };
    },
  }),
  convert(given, _, find) {
    const all = Buffer.from(given.buffer, given.byteOffset, given.length);
    const bytes = isUtf8(all) ? all : Buffer.from(all.toString('utf8'));
    const out = new DocumentWriter(bytes.length);
    const tree = new XmlTree();
    const writer = new EventWriter(tree, out);
    const passOver = (from: number, to: number): void => {
      const text = bytes.toString('utf8', from, Math.min(to, from + previewBytes));
      if (text.replaceAll(around, '').trim() === '') return;
      out.unreadable('text that is no event', text.trim());
    };
    let at = 0;
    for (let from = nextEvent(bytes, 0); from >= 0; from = nextEvent(bytes, at)) {
      passOver(at, from);
      const mark = out.at;
      try {
        at = tree.read(bytes, from, bytes.length);
        writer.document();
      } catch (error) {
        if (!(error instanceof BrokenXml)) throw error;
        out.at = mark;
        find('broken');
        const next = nextEvent(bytes, from + opening.length);
        at = next < 0 ? bytes.length : next;
        out.unreadable(
          `an event whose XML is damaged: ${error.message}`,
          bytes.toString('utf8', from, Math.min(at, from + previewBytes)),
        );
      }
    }
    passOver(at, bytes.length);
    return out.written();
  },
};

/** The place of the next event; -1 if there is none. Its name is all of the tag's. */
function nextEvent(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(opening, from, 'latin1'); at >= 0; at = bytes.indexOf(opening, at + 1, 'latin1')) {
    const behind = bytes[at + opening.length];
    if (behind === undefined || behind === 0x3e || (behind >= 9 && behind <= 13) || behind === 0x20) return at;
  }
  return -1;
}
