import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import pc from 'picocolors';
import { InputError } from '../diagnostics/diagnostic.ts';
import { formats } from '../report/formats.ts';
import type { RunReport, Surface } from '../report/report.ts';
import type { OutputOptions } from './options.ts';

/** Colours when a person looks, unless NO_COLOR says no or FORCE_COLOR yes. */
export function usesColour(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  return Boolean(process.env.FORCE_COLOR) || (stream.isTTY === true && pc.isColorSupported);
}

/** Refuses to overwrite before any work is done. */
export function checkOutput({ output, force }: { readonly output?: string; readonly force: boolean }): void {
  if (output !== undefined && !force && existsSync(output)) {
    throw new InputError(`${output} is there already`, 'overwrite it with --force');
  }
}

/** Writes a report of a run in the format that is asked for. */
export async function writeReport(report: RunReport, options: OutputOptions, alone: boolean): Promise<void> {
  const format = await formats[options.format]();
  await writeTo(options.output, format(report, surfaceOf(options.output), alone));
}

/** What the place is like that output goes to: a file, or standard output. */
export const surfaceOf = (output: string | undefined): Surface =>
  output === undefined
    ? { width: process.stdout.isTTY ? process.stdout.columns : null, colour: usesColour(process.stdout) }
    : { width: null, colour: false };

/** Writes to a file, or to standard output without one. */
export async function writeTo(output: string | undefined, parts: Iterable<string>): Promise<void> {
  if (output === undefined) await write(process.stdout, parts);
  else await writeWhole(output, parts);
}

/** Writes a file that is whole or not there at all. */
export async function writeWhole(output: string, parts: Iterable<string>): Promise<void> {
  const temporary = `${output}.${process.pid}.tmp`;
  const file = createWriteStream(temporary);
  try {
    await write(file, parts);
    file.end();
    await once(file, 'finish');
    await rename(temporary, output);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new InputError(`cannot write ${output}: ${(error as Error).message}`);
  }
}

const piece = 64 * 1024;

/** Writes pieces as fast as the reader takes them. */
async function write(stream: NodeJS.WritableStream, parts: Iterable<string>): Promise<void> {
  let buffer = '';
  const flush = async (): Promise<void> => {
    if (buffer !== '' && !stream.write(buffer)) await once(stream, 'drain');
    buffer = '';
  };
  for (const part of parts) {
    buffer += part;
    if (buffer.length >= piece) await flush();
  }
  await flush();
}
