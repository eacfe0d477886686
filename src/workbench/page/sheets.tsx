import type { JSX } from 'preact';
import { SaveRun } from './compare/save-run.tsx';
import { KeySheet } from './palette/key-sheet.tsx';
import { Palette } from './palette/palette.tsx';
import { sheet } from './palette/sheet.ts';
import { ReportSheet } from './report/report-sheet.tsx';
import { WhereElse } from './table/where-else.tsx';

/** Dialogs and other layers over the page. */
export function Sheets(): JSX.Element | null {
  switch (sheet.value) {
    case 'palette':
      return <Palette />;
    case 'keys':
      return <KeySheet />;
    case 'save':
      return <SaveRun />;
    case 'report':
      return <ReportSheet />;
    case 'where-else':
      return <WhereElse />;
    case null:
      return null;
  }
}
