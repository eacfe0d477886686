/** The data stream whose backing index this is, by its name; an index that backs none has its own name. */
export const streamBehind = (index: string): string =>
  index.replace(/^((?:[^:]*:)?)\.ds-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6,}$/, '$1$2');
