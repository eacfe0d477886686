const marks = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

/** A text for markup and its attributes. */
export const escaped = (text) => text.replace(/[&<>"]/g, (mark) => marks.get(mark));
