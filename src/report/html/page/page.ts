// The report's own script: what a reader does with tables, commands and process trees. Without it the page still reads.
import { offerCopying } from './copy.ts';
import { offerRows } from './drill-down.ts';
import { chooseProcesses } from './process-tree.ts';
import { enhanceTable } from './result-table.ts';

document.documentElement.classList.add('js');
for (const box of document.querySelectorAll<HTMLElement>('.result')) enhanceTable(box);
for (const section of document.querySelectorAll<HTMLElement>('.query')) offerRows(section);
for (const tree of document.querySelectorAll<HTMLElement>('.tree')) chooseProcesses(tree);
offerCopying();
