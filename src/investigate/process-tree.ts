/** A process among its kin, as events tell of it; null for what no event says. */
export interface ProcessNode {
  readonly entityId: string;
  readonly name: string | null;
  readonly executable: string | null;
  readonly commandLine: string | null;
  readonly user: string | null;
  readonly sha256: string | null;
  /** Who signed it; `unsigned` where the events say that nobody did. */
  readonly signature: string | null;
  readonly pid: bigint | null;
  /** ISO 8601. */
  readonly started: string | null;
  /** The process that was asked about. */
  readonly isFocus: boolean;
  readonly children: readonly ProcessNode[];
}
