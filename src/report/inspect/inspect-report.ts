import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import type { FileReport, LoadReport } from '../../files/load-report.ts';
import type { CellValue } from '../../values/types.ts';

/** What Harrier makes of files. */
export interface InspectReport {
  readonly load: LoadReport;
  readonly files: readonly InspectedFile[];
  /** What the events of all files together can say to hunts; null where none was asked for. */
  readonly hunts: readonly HuntCoverage[] | null;
}

/** A file, or an entry of an archive. */
export interface InspectedFile {
  readonly file: FileReport;
  /** The sources that mappings recognised in it. */
  readonly sources: readonly InspectedSource[];
  /** Null where the file is not looked into. */
  readonly look: InspectedEvents | null;
}

/** Events whose fields a mapping gives. */
export interface InspectedSource {
  /** The title and the name of the mapping. */
  readonly title: string;
  readonly name: string;
  readonly index: string;
  readonly events: number;
  /** How it is recognised, in words. */
  readonly when: string;
}

/** Some of a file's events, and how much of them is mapped. */
export interface InspectedEvents {
  readonly samples: readonly SampleEvent[];
  /** How many events were looked at. */
  readonly looked: number;
  /** Raw names that no field is made of, in the events that were looked at and that a mapping knows. */
  readonly unmapped: readonly string[];
}

export interface SampleEvent {
  readonly raw: object;
  /** The title of the mapping; null where none knows the event. */
  readonly source: string | null;
  readonly index: string;
  /** The fields that the mapping gives, or that the event has of itself. */
  readonly fields: ReadonlyMap<string, CellValue>;
}
