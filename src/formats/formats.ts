/** The front door of the formats: from the bytes of a file to lines of JSON documents. */

export { extract } from './archive/extract.ts';
export { defaultLimits, UnpackedFiles } from './archive/unpacked-files.ts';
export { type Block, convertWhole, reportFindings } from './blocks.ts';
export { BrokenData } from './compression/codec.ts';
export type { OpenBytes } from './compression/open-decompressed.ts';
export { type HeadedTable, readHeadedTable } from './delimited/table.ts';
export { detect } from './detect.ts';
export { type Detected, type FileFormat, formatText, isReadInPlace } from './format.ts';
export { convertBlock } from './importers.ts';
export { isWrapped, splitDocuments } from './json/split-documents.ts';
export { knownArchives, knownCompressions, knownEncodings, knownFormats } from './known-formats.ts';
export { openBlocks, openDocuments, openText } from './open-documents.ts';
export { readText } from './read-text.ts';
