/** Whether an error of the system or of DuckDB says that a disk is full, or that its user may fill no more of it. */
export const isFullDisk = (error: unknown): boolean =>
  /\b(?:ENOSPC|EDQUOT)\b|No space left on device|disk full|out of disk space|quota exceeded/i.test(
    error instanceof Error ? `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}` : String(error),
  );
