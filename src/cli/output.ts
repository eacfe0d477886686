import { once } from 'node:events';
import { createWriteStream, existsSync, lstatSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import pc from 'picocolors';
import { InputError } from '../diagnostics/diagnostic.ts';
import { fileErrorText } from '../diagnostics/file-error.ts';
import { formats, rowsAlone } from '../report/formats.ts';
import type { RunReport, Surface } from '../report/report.ts';
import { visibleLines } from '../values/visible.ts';
import { reportHint } from './error-end.ts';
import type { OutputOptions } from './options.ts';
import { runNotes } from './run-notes.ts';
import { forgetLoad } from './terminal-observer.ts';

/** Colours when a person looks, unless NO_COLOR says no or FORCE_COLOR yes. */
export function usesColour(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  return Boolean(process.env.FORCE_COLOR) || (stream.isTTY === true && pc.isColorSupported);
}

/** Refuses to overwrite before any work is done, and what would be of no use where it goes. */
export function checkOutput(options: {
  readonly output?: string;
  readonly navigator?: string;
  readonly format?: string;
  readonly vertical?: boolean;
  readonly force: boolean;
}): void {
  const { output, navigator, format, vertical, force } = options;
  if (vertical && format !== 'table')
    throw new InputError(`--vertical is about tables, and --format is ${format}`, 'leave one of them out');
  for (const file of [output, navigator]) {
    if (file === undefined) continue;
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new InputError(`${file} is a folder`, 'name a file in it');
    // What is no file, such as a pipe, is written to and loses nothing.
    if (there?.isFile() && !force) throw new InputError(`${file} is there already`, 'overwrite it with --force');
    if (!existsSync(dirname(file))) throw new InputError(`there is no folder ${dirname(file)} to write to`, 'make it');
  }
  if (output !== undefined && output === navigator)
    throw new InputError('--output and --navigator name the same file', 'give each its own');
  if (format === 'html' && output === undefined && process.stdout.isTTY)
    throw new InputError('a terminal cannot show HTML', 'write it to a file: --output report.html');
}

/**
 * Writes a report of a run in the format that is asked for, and the Navigator layer where one is. Errors and notes go to
 * standard error as well, save beside a table, which shows them; warnings where the format has no place for them.
 */
export async function writeReport(report: RunReport, options: OutputOptions, alone: boolean): Promise<void> {
  const format = await formats[options.format]();
  const surface = { ...surfaceOf(options.output), ...(options.vertical && { layout: 'vertical' as const }) };
  await writeTo(options.output, format(report, surface, alone));
  // The last line of a table of hunts says what was read.
  if (options.format === 'table' && options.output === undefined && !alone) forgetLoad();
  if (options.format !== 'table' || options.output !== undefined)
    process.stderr.write(runNotes(report, rowsAlone.has(options.format)));
  const fault = report.results.find((result) => result.fault)?.fault;
  if (fault) process.stderr.write(`${process.env.HARRIER_DEBUG ? `${fault.stack}\n` : ''}help: ${reportHint}\n`);
  if (options.navigator !== undefined) {
    const { navigatorLayer } = await import('../report/navigator.ts');
    await writeWhole(options.navigator, [navigatorLayer(report)]);
  }
}

/** What the place is like that output goes to: a file, or standard output. */
export const surfaceOf = (output: string | undefined): Surface =>
  output === undefined
    ? { width: process.stdout.isTTY ? process.stdout.columns : null, colour: usesColour(process.stdout) }
    : { width: null, colour: false };

/** A text for standard output: a terminal is shown what would steer it, anything else gets it as it is. */
export const shownText = (text: string): string => (process.stdout.isTTY ? visibleLines(text) : text);

/** Text in pieces, whole or as it is made. */
type Parts = Iterable<string> | AsyncIterable<string>;

/** Writes to a file, or to standard output without one. */
export async function writeTo(output: string | undefined, parts: Parts): Promise<void> {
  if (output === undefined) await write(process.stdout, parts);
  else await writeWhole(output, parts);
}

/** Writes a file that is whole or not there at all. A pipe, a device or a link stays what it is, and is written to. */
export async function writeWhole(output: string, parts: Parts): Promise<void> {
  const there = lstatSync(output, { throwIfNoEntry: false });
  const temporary = there && !there.isFile() ? null : `${output}.${process.pid}.tmp`;
  const file = createWriteStream(temporary ?? output);
  try {
    await write(file, parts);
    file.end();
    await once(file, 'finish');
    if (temporary !== null) await rename(temporary, output);
  } catch (error) {
    if (temporary !== null) await rm(temporary, { force: true });
    throw new InputError(`cannot write ${output}: ${fileErrorText(error as NodeJS.ErrnoException)}`);
  }
}

const piece = 64 * 1024;

/** Writes pieces as fast as the reader takes them. */
async function write(stream: NodeJS.WritableStream, parts: Parts): Promise<void> {
  let buffer = '';
  const flush = async (): Promise<void> => {
    if (buffer !== '' && !stream.write(buffer)) await once(stream, 'drain');
    buffer = '';
  };
  for await (const part of parts) {
    buffer += part;
    if (buffer.length >= piece) await flush();
  }
  await flush();
}
