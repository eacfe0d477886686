/** The public suffix list as tldts keeps it: nodes with edges, each of a label. */
declare module 'tldts/dist/cjs/src/data/trie.js' {
  export const edgeStart: Uint16Array;
  export const edgeLength: Uint8Array;
  export const edgeChild: Uint16Array;
  export const labelText: string;
  export const rulesRoot: number;
  export const exceptionsRoot: number;
}
